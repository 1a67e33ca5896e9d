import BillingMath
package import Kernel
import Platform
package import Postgres

extension ScheduledPriceChange {
    private static let columns: SQL =
        """
        id, price_id, next_price_id, effective_on, existing_subscriptions, state, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        price = try row["price_id"]
        next = try row["next_price_id"]
        effectiveOn = try row["effective_on"]
        existing = try row["existing_subscriptions"]
        state = try row["state"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(
        _ id: ScheduledPriceChangeID, in tx: Transaction
    ) async throws -> ScheduledPriceChange? {
        try await tx.first(
            "SELECT \(columns) FROM scheduled_price_changes WHERE id = \(id)",
            ScheduledPriceChange.init(row:))
    }

    /// Waits for the billing runs that follow it.
    static func lock(
        _ id: ScheduledPriceChangeID, in tx: Transaction
    ) async throws -> ScheduledPriceChange? {
        try await tx.first(
            "SELECT \(columns) FROM scheduled_price_changes WHERE id = \(id) FOR UPDATE",
            ScheduledPriceChange.init(row:))
    }

    /// The newest first.
    static func list(
        _ filter: ScheduledPriceChangeFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<ScheduledPriceChange> {
        var condition: SQL = "TRUE"
        if let price = filter.price { condition = "\(condition) AND price_id = \(price)" }
        if let state = filter.state { condition = "\(condition) AND state = \(state)" }
        if let last = page.cursor.flatMap(ScheduledPriceChangeID.init) {
            condition = "\(condition) AND id < \(last)"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM scheduled_price_changes
            WHERE \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, ScheduledPriceChange.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// Whether a price is to become another.
    static func isScheduled(for price: PriceID, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            "SELECT id FROM scheduled_price_changes WHERE price_id = \(price) AND state = 'scheduled'"
        ) { _ in true } ?? false
    }

    func insert(in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO scheduled_price_changes (tenant_id, id, price_id, next_price_id, effective_on,
                existing_subscriptions, state, version, recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(price), \(next), \(effectiveOn), \(existing), \(state),
                \(Int32(version)), \(recordedAt))
            """)
    }

    func withdrawn(in tx: Transaction) async throws -> ScheduledPriceChange {
        let withdrawn = try await tx.first(
            """
            UPDATE scheduled_price_changes SET state = 'withdrawn', version = version + 1
            WHERE id = \(id)
            RETURNING \(ScheduledPriceChange.columns)
            """, ScheduledPriceChange.init(row:))
        guard let withdrawn else { throw Problem.notFound }
        return withdrawn
    }

    /// Those whose day has come: from now on the next price is sold in the place of the former.
    package static func beginDue(on today: Day, in tx: Transaction, at now: Instant) async throws {
        let begun = try await tx.all(
            """
            UPDATE scheduled_price_changes SET state = 'in_effect', version = version + 1
            WHERE state = 'scheduled' AND effective_on <= \(today)
            RETURNING \(columns)
            """, ScheduledPriceChange.init(row:))
        if begun.isEmpty { return }
        // One after the other: a product has only one current price in a currency and cycle.
        let prices = try await tx.pipeline([
            """
            UPDATE prices SET state = 'replaced', version = version + 1
            WHERE id = ANY(\(begun.map(\.price.uuid)))
            RETURNING id, version
            """,
            """
            UPDATE prices SET state = 'current', version = version + 1
            WHERE id = ANY(\(begun.map(\.next.uuid)))
            RETURNING id, version
            """,
        ])
        let moved = try prices.flatMap { rows in
            try rows.map { CatalogEvents.updated(try $0["id"] as PriceID, version: try $0["version"]) }
        }
        try await Event.record(begun.map(CatalogEvents.moved) + moved, in: tx, at: now)
        try await CatalogNews.tell(in: tx)
    }
}

extension FollowedPrices {
    /// All that subscriptions follow, for `init(rows:)`. With `isHeld` nobody withdraws one of them before
    /// the transaction ends.
    package static func selection(isHeld: Bool) -> SQL {
        let lock: SQL = isHeld ? "FOR SHARE OF c" : ""
        return """
            SELECT c.price_id AS followed_price_id, c.effective_on, \(Price.columns("p"))
            FROM scheduled_price_changes AS c
            JOIN prices AS p ON p.tenant_id = c.tenant_id AND p.id = c.next_price_id
            WHERE c.existing_subscriptions = 'follow' AND c.state <> 'withdrawn'
            \(lock)
            """
    }

    package init(rows: Rows) throws {
        var steps: [PriceID: Step] = [:]
        for row in rows {
            steps[try row["followed_price_id"]] = Step(
                effectiveOn: try row["effective_on"], price: try Price(row: row))
        }
        self.init(steps)
    }
}

/// Which changes a list shows.
struct ScheduledPriceChangeFilter: Sendable {
    var price: PriceID?
    var state: ScheduledPriceChange.State?
}
