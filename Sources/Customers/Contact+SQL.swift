import Kernel
import Platform
import Postgres

extension Contact {
    private static let columns: SQL = "id, customer_id, name, email, phone, version, recorded_at"

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        name = try row["name"]
        email = try row["email"]
        phone = try row["phone"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ id: ContactID, in tx: Transaction) async throws -> Contact? {
        try await tx.first("SELECT \(columns) FROM contacts WHERE id = \(id)", Contact.init(row:))
    }

    /// The newest first.
    static func list(of customer: CustomerID, _ page: PageRequest, in tx: Transaction) async throws -> Page<
        Contact
    > {
        let before = try page.cursor.map { try ListCursor($0).id }
        let condition: SQL = before.map { "id < \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM contacts
            WHERE customer_id = \(customer) AND \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, Contact.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.id.uuid).text }
    }

    func insert(in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO contacts (tenant_id, id, customer_id, name, email, phone, version, recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(customer), \(name), \(email), \(phone), \(version),
                \(recordedAt))
            """)
    }

    /// Writes what may change, if nobody did so meanwhile, and returns the contact as it stands then.
    func update(in tx: Transaction) async throws -> Contact {
        let updated = try await tx.first(
            """
            UPDATE contacts
            SET name = \(name), email = \(email), phone = \(phone), version = version + 1
            WHERE id = \(id) AND version = \(version)
            RETURNING \(Contact.columns)
            """, Contact.init(row:))
        guard let updated else { throw Problem.stale }
        return updated
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM contacts WHERE id = \(id)")
    }
}
