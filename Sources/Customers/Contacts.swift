import Kernel
import Postgres

/// The verbs on the contacts of customers.
package struct Contacts: Sendable {
    private let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
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
        try await database.read(scope) { tx in try await require(id, in: tx) }
    }

    func add(_ draft: NewContact, to id: CustomerID, by actor: Actor) async throws -> Contact {
        try await database.write(actor.scope) { tx in
            guard let customer = try await Customer.find(id, in: tx) else { throw Problem.notFound }
            let contact = Contact(
                id: .new(), customer: customer.id, name: draft.name, email: draft.email, phone: draft.phone,
                version: 1,
                recordedAt: clock.now())
            try await contact.insert(in: tx)
            return contact
        }
    }

    func change(
        _ id: ContactID, by actor: Actor, _ apply: @Sendable (inout Contact) -> Void
    ) async throws -> Contact {
        try await database.write(actor.scope) { tx in
            var contact = try await require(id, in: tx)
            apply(&contact)
            return try await contact.update(in: tx)
        }
    }

    func delete(_ id: ContactID, by actor: Actor) async throws {
        try await database.write(actor.scope) { tx in try await require(id, in: tx).delete(in: tx) }
    }

    private func require(_ id: ContactID, in tx: Transaction) async throws -> Contact {
        guard let contact = try await Contact.find(id, in: tx) else { throw Problem.notFound }
        return contact
    }
}
