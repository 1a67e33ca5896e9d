package import Kernel
package import Postgres
package import Tenancy

extension CustomerGroup {
    private static let columns: SQL = "id, name, policies, version"

    init(row: Row) throws {
        id = try row["id"]
        name = try row["name"]
        policies = try PolicySettings(stored: row["policies"])
        version = try row["version"]
    }

    static func find(_ id: CustomerGroupID, in tx: Transaction) async throws -> CustomerGroup? {
        try await tx.first(
            "SELECT \(columns) FROM customer_groups WHERE id = \(id)", CustomerGroup.init(row:))
    }

    /// What these groups decide, by group; asks nothing for none.
    package static func policies(
        of ids: [CustomerGroupID], in tx: Transaction
    ) async throws -> [CustomerGroupID: PolicySettings] {
        if ids.isEmpty { return [:] }
        let groups = try await tx.all(
            "SELECT \(columns) FROM customer_groups WHERE id = ANY(\(ids.map(\.uuid)))",
            CustomerGroup.init(row:))
        return Dictionary(uniqueKeysWithValues: groups.map { ($0.id, $0.policies) })
    }

    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<CustomerGroup> {
        let after = page.cursor.flatMap(CustomerGroupID.init)
        let condition: SQL = after.map { "id > \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM customer_groups
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, CustomerGroup.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    func insert(in tx: Transaction, at now: Instant) async throws {
        try await refusing(["customer_groups_name_key": CustomersProblem.groupNameTaken]) {
            try await tx.run(
                """
                INSERT INTO customer_groups (tenant_id, id, name, policies, version, recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(name), \(policies.stored), \(Int32(version)), \(now))
                """)
        }
    }

    func update(in tx: Transaction) async throws -> CustomerGroup {
        let updated = try await refusing(["customer_groups_name_key": CustomersProblem.groupNameTaken]) {
            try await tx.first(
                """
                UPDATE customer_groups
                SET name = \(name), policies = \(policies.stored), version = version + 1
                WHERE id = \(id) AND version = \(version)
                RETURNING \(CustomerGroup.columns)
                """, CustomerGroup.init(row:))
        }
        guard let updated else { throw Problem.stale }
        return updated
    }

    func delete(in tx: Transaction) async throws {
        try await refusing([
            "customers_group_fkey": CustomersProblem.groupInUse,
            "prices_group_fkey": CustomersProblem.groupInUse,
        ]) {
            try await tx.run("DELETE FROM customer_groups WHERE id = \(id)")
        }
    }
}
