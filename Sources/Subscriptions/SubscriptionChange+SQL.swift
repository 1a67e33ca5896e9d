import Kernel
import Platform
import Postgres

extension SubscriptionChange {
    init(row: Row) throws {
        id = try row["id"]
        subscription = try row["subscription_id"]
        customer = try row["customer_id"]
        kind = try row["kind"]
        madeOn = try row["made_on"]
        reason = try row["reason"]
        settlement = try (row["settlement"] as JSONText).decode()
        recordedAt = try row["recorded_at"]
    }

    func insert(in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO subscription_changes (tenant_id, id, customer_id, subscription_id, kind, made_on,
                reason, settlement, recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(customer), \(subscription), \(kind), \(madeOn), \(reason),
                \(JSONText(encoding: settlement)), \(recordedAt))
            """)
    }

    /// The latest first.
    static func list(
        of subscription: SubscriptionID, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<SubscriptionChange> {
        let last = page.cursor.flatMap(SubscriptionChangeID.init)
        let behind: SQL = last.map { "AND id < \($0)" } ?? ""
        let rows = try await tx.all(
            """
            SELECT id, subscription_id, customer_id, kind, made_on, reason, settlement, recorded_at
            FROM subscription_changes
            WHERE subscription_id = \(subscription) \(behind)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, SubscriptionChange.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }
}
