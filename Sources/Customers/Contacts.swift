import Kernel
import Platform
import Postgres
import Web

/// The verbs on the contacts of customers.
package struct Contacts: Sendable {
    private let database: Database

    init(database: Database) {
        self.database = database
    }

    func list(of customer: CustomerID, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<
        Contact
    > {
        try await database.read(scope) { tx in
            guard try await Customer.find(customer, in: tx) != nil else { throw Problem.notFound }
            return try await Contact.list(of: customer, page, in: tx)
        }
    }

    func read(_ id: ContactID, _ scope: TenantScope) async throws -> Contact {
        try await database.read(scope) { tx in
            guard let contact = try await Contact.find(id, in: tx) else { throw Problem.notFound }
            return contact
        }
    }

    func add(_ draft: NewContact, to id: CustomerID, in change: Change) async throws -> Contact {
        guard let customer = try await Customer.find(id, in: change.tx) else { throw Problem.notFound }
        let contact = Contact(
            id: .new(), customer: customer.id, name: draft.name, email: draft.email, phone: draft.phone,
            version: 1, recordedAt: change.now)
        try await contact.insert(in: change.tx)
        return contact
    }

    func change(
        _ id: ContactID, in change: Change, _ apply: (inout Contact) -> Void
    ) async throws -> Changed<Contact> {
        let before = try await change.subject(Contact.find(id, in: change.tx))
        var contact = before
        apply(&contact)
        return Changed(from: before, to: try await contact.update(in: change.tx))
    }

    /// Returns what there was.
    func delete(_ id: ContactID, in change: Change) async throws -> Contact {
        let contact = try await change.subject(Contact.find(id, in: change.tx))
        try await contact.delete(in: change.tx)
        return contact
    }
}
