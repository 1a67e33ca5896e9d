package import Kernel
import Platform
package import Postgres
package import Tenancy
package import Web

/// The front door of the customers and the verbs on them.
package struct Customers: Sendable {
    package let contacts: Contacts
    package let groups: CustomerGroups
    let database: Database
    let tenants: Tenants
    private let clock: RealClock

    package init(database: Database, tenants: Tenants, clock: RealClock) {
        contacts = Contacts(database: database)
        groups = CustomerGroups(database: database, tenants: tenants)
        self.database = database
        self.tenants = tenants
        self.clock = clock
    }

    package var endpoints: [Endpoint] {
        customerEndpoints + contactEndpoints + groupEndpoints + policyEndpoints
    }

    /// What a new customer is made of.
    package struct Draft: Sendable {
        package var reference: Code?
        package var companyName: Text<1, 200>?
        package var name: Text<1, 200>
        package var email: EmailAddress
        package var address: Address
        package var currency: Currency
        package var taxID: Text<1, 40>?
        package var isTaxExempt = false
        package var language: LanguageTag?
        package var notes: Text<1, 4000>?
        package var metadata = Labels.none
        package var group: CustomerGroupID?

        /// With what every customer has; set the rest.
        package init(name: Text<1, 200>, email: EmailAddress, address: Address, currency: Currency) {
            self.name = name
            self.email = email
            self.address = address
            self.currency = currency
        }
    }

    func list(_ filter: CustomerFilter, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<
        Customer
    > {
        try await database.read(scope) { tx in
            guard let search = filter.search else {
                return try await Customer.list(filter, page, in: tx)
            }
            return try await search.page(filter, page, in: tx)
        }
    }

    func read(_ id: CustomerID, _ scope: TenantScope) async throws -> Customer {
        try await database.read(scope) { tx in
            guard let customer = try await Customer.find(id, in: tx) else { throw Problem.notFound }
            return customer
        }
    }

    /// Throws `referenceTaken`, `unknownGroup`.
    func create(_ draft: Draft, in tx: Transaction) async throws -> Customer {
        try await insert([draft], in: tx)[0]
    }

    /// Creates many customers at once, in a constant number of statements. Returns their ids in the order of
    /// the drafts. Throws `referenceTaken`.
    package func create(_ drafts: [Draft], in tx: Transaction) async throws -> [CustomerID] {
        try await insert(drafts, in: tx).map(\.id)
    }

    func change(
        _ id: CustomerID, in change: Change, _ apply: (inout Customer) throws -> Void
    ) async throws -> Changed<Customer> {
        let before = try await change.subject(Customer.find(id, in: change.tx))
        var customer = before
        try apply(&customer)
        let updated = try await customer.update(in: change.tx)
        try await Event.record([CustomersEvents.updated(updated)], in: change.tx, at: change.now)
        return Changed(from: before, to: updated)
    }

    private func insert(_ drafts: [Draft], in tx: Transaction) async throws -> [Customer] {
        let now = clock.now()
        let customers = drafts.map { Customer($0, recordedAt: now) }
        try await Customer.insert(customers, in: tx)
        try await Event.record(customers.map(CustomersEvents.created), in: tx, at: now)
        return customers
    }
}

/// Which customers a list shows.
struct CustomerFilter: Sendable {
    let reference: Code?
    let group: CustomerGroupID?
    let search: CustomerSearch?
}

extension Customer {
    init(_ draft: Customers.Draft, recordedAt: Instant) {
        self.init(
            id: .new(), reference: draft.reference, companyName: draft.companyName, name: draft.name,
            email: draft.email, address: draft.address, currency: draft.currency, taxID: draft.taxID,
            isTaxExempt: draft.isTaxExempt, language: draft.language, notes: draft.notes,
            metadata: draft.metadata, group: draft.group, policies: .none,
            version: 1, recordedAt: recordedAt)
    }
}

extension Permission {
    static let customersRead = Permission("customers", .read, reach: .customers)
    static let customersWrite = Permission("customers", .write)
    // Not of `customers`, which a customer's users may read of themselves.
    static let groupsRead = Permission("customer_groups", .read)
    static let groupsWrite = Permission("customer_groups", .write)
}
