package import Kernel
import Platform
package import Postgres
import Tenancy

extension Customer {
    private static let columns: SQL =
        """
        id, reference, company_name, name, email, street, postal_code, city, region, country, currency,
        tax_id, tax_exempt, language, notes, metadata, customer_group_id, policies, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        reference = try row["reference"]
        companyName = try row["company_name"]
        name = try row["name"]
        email = try row["email"]
        address = Address(
            street: try row["street"], postalCode: try row["postal_code"], city: try row["city"],
            region: try row["region"], country: try row["country"])
        currency = try row["currency"]
        taxID = try row["tax_id"]
        isTaxExempt = try row["tax_exempt"]
        language = try row["language"]
        notes = try row["notes"]
        metadata = try (row["metadata"] as JSONText).decode()
        group = try row["customer_group_id"]
        policies = try PolicySettings(stored: row["policies"])
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    package static func find(_ id: CustomerID, in tx: Transaction) async throws -> Customer? {
        try await tx.first("SELECT \(columns) FROM customers WHERE id = \(id)", Customer.init(row:))
    }

    /// Holds the customer until the transaction ends. Whoever changes what a customer will be billed does so
    /// first, because a billing run holds each customer from reading what is due to writing what was billed.
    package static func hold(theOneOf id: SQL, in tx: Transaction) async throws {
        try await tx.run("SELECT FROM customers WHERE id = (\(id)) FOR NO KEY UPDATE")
    }

    /// Those there are, in no particular order.
    package static func find(_ ids: [CustomerID], in tx: Transaction) async throws -> [Customer] {
        try await tx.all(
            "SELECT \(columns) FROM customers WHERE id = ANY(\(ids.map(\.uuid)))", Customer.init(row:))
    }

    package static func find(references: [Code], in tx: Transaction) async throws -> [Customer] {
        try await tx.all(
            "SELECT \(columns) FROM customers WHERE reference = ANY(\(references.map(\.text)))",
            Customer.init(row:))
    }

    /// The newest first.
    static func list(
        _ filter: CustomerFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<Customer> {
        var condition: SQL = "TRUE"
        // A customer's user sees this one only. By the policy alone it would be looked for among all.
        if let own = tx.scope.customer { condition = "id = \(own)" }
        if let reference = filter.reference { condition = "\(condition) AND reference = \(reference)" }
        if let group = filter.group { condition = "\(condition) AND customer_group_id = \(group)" }
        if let before = try before(page) { condition = "\(condition) AND id < \(before)" }
        return try await Customer.page(where: condition, page, in: tx)
    }

    static func page(where condition: SQL, _ page: PageRequest, in tx: Transaction) async throws -> Page<
        Customer
    > {
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM customers
            WHERE \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, Customer.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.id.uuid).text }
    }

    /// The last customer of the page before.
    static func before(_ page: PageRequest) throws -> CustomerID? {
        try page.cursor.map { CustomerID(try ListCursor($0).id) }
    }

    /// Inserts customers with the words that find them: two statements, however many they are.
    static func insert(_ customers: [Customer], in tx: Transaction) async throws {
        guard !customers.isEmpty else { return }
        try await refusing(CustomersProblem.byConstraint) {
            try await tx.run(
                """
                INSERT INTO customers (tenant_id, id, reference, kind, company_name, name, email, street,
                    postal_code, city, region, country, currency, tax_id, tax_exempt, language, notes,
                    metadata, customer_group_id, version, recorded_at)
                SELECT \(tx.scope.tenant), row.* FROM (\(rows(of: customers))) AS row
                """)
        }
        try await insertWords(of: customers, in: tx)
    }

    /// The customers as rows of a statement, a column from each array.
    private static func rows(of customers: [Customer]) throws -> SQL {
        try """
        SELECT id, reference, kind, company_name, name, email, street, postal_code, city, region, country,
            currency, tax_id, tax_exempt, language, notes, metadata, customer_group_id, version, recorded_at
        FROM unnest(\(customers.map(\.id.uuid)), \(customers.map(\.reference)), \(customers.map(\.kind)),
            \(customers.map(\.companyName)), \(customers.map(\.name)), \(customers.map(\.email)),
            \(customers.map(\.address.street)), \(customers.map(\.address.postalCode)),
            \(customers.map(\.address.city)), \(customers.map(\.address.region)),
            \(customers.map(\.address.country)), \(customers.map(\.currency)), \(customers.map(\.taxID)),
            \(customers.map(\.isTaxExempt)), \(customers.map(\.language)), \(customers.map(\.notes)),
            \(customers.map { try JSONText(encoding: $0.metadata) }), \(customers.map(\.group?.uuid)),
            \(customers.map { Int32($0.version) }), \(customers.map(\.recordedAt)))
            AS customer (id, reference, kind, company_name, name, email, street, postal_code, city, region,
                country, currency, tax_id, tax_exempt, language, notes, metadata, customer_group_id, version,
                recorded_at)
        """
    }

    /// Writes what may change, if nobody did so meanwhile, and returns the customer as it stands then.
    func update(in tx: Transaction) async throws -> Customer {
        let updated = try await refusing(CustomersProblem.byConstraint) {
            try await tx.first(
                """
                UPDATE customers
                SET reference = \(reference), kind = \(kind), company_name = \(companyName), name = \(name),
                    email = \(email), street = \(address.street), postal_code = \(address.postalCode),
                    city = \(address.city), region = \(address.region), country = \(address.country),
                    currency = \(currency), tax_id = \(taxID), tax_exempt = \(isTaxExempt),
                    language = \(language), notes = \(notes), metadata = \(JSONText(encoding: metadata)),
                    customer_group_id = \(group), policies = \(policies.stored),
                    version = version + 1
                WHERE id = \(id) AND version = \(version)
                RETURNING \(Customer.columns)
                """, Customer.init(row:))
        }
        guard let updated else { throw Problem.stale }
        try await tx.run("DELETE FROM customer_words WHERE customer_id = \(id)")
        try await Customer.insertWords(of: [updated], in: tx)
        return updated
    }

    private static func insertWords(of customers: [Customer], in tx: Transaction) async throws {
        // In a steady order, so that the words of one customer lie on one page of the table.
        let words = customers.flatMap { customer in
            SearchWords.of(customer).sorted().map { (word: $0, customer: customer.id.uuid) }
        }
        try await tx.run(
            """
            INSERT INTO customer_words (tenant_id, word, customer_id)
            SELECT \(tx.scope.tenant), word, customer_id
            FROM unnest(\(words.map(\.word)), \(words.map(\.customer))) AS found (word, customer_id)
            """)
    }
}
