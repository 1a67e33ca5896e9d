import BillingMath
package import Kernel
import Platform
package import Postgres

extension Price {
    private static let columns: SQL =
        """
        id, product_id, currency, interval_unit, interval_count, price_version, state, amount_minor, pricing,
        setup_fee_minor, in_use, version
        """

    init(row: Row) throws {
        id = try row["id"]
        product = try row["product_id"]
        currency = try row["currency"]
        interval = try Price.interval(row)
        priceVersion = try row["price_version"]
        state = try row["state"]
        amountMinor = try row["amount_minor"]
        pricing = try (row["pricing"] as JSONText?)?.decode()
        setupFeeMinor = try row["setup_fee_minor"]
        isInUse = try row["in_use"]
        version = try row["version"]
    }

    package static func find(_ id: PriceID, in tx: Transaction) async throws -> Price? {
        try await tx.first("SELECT \(columns) FROM prices WHERE id = \(id)", Price.init(row:))
    }

    package static func find(_ ids: [PriceID], in tx: Transaction) async throws -> [Price] {
        try await tx.all("SELECT \(columns) FROM prices WHERE id = ANY(\(ids.map(\.uuid)))", Price.init(row:))
    }

    /// Locks the row: an edit must know whether the price is in use, and stay right until it commits.
    static func lock(_ id: PriceID, in tx: Transaction) async throws -> Price? {
        try await tx.first("SELECT \(columns) FROM prices WHERE id = \(id) FOR UPDATE", Price.init(row:))
    }

    /// The current prices of some products, each product's together and in a steady order.
    package static func current(of products: [ProductID], in tx: Transaction) async throws -> [Price] {
        try await tx.all(
            """
            SELECT \(columns) FROM prices
            WHERE product_id = ANY(\(products.map(\.uuid))) AND state = 'current'
            ORDER BY product_id, currency, interval_unit NULLS FIRST, interval_count
            """, Price.init(row:))
    }

    package static func insert(_ prices: [Price], in tx: Transaction, at now: Instant) async throws {
        guard !prices.isEmpty else { return }
        try await refusing([
            "prices_current_key": CatalogProblem.priceExists,
            "prices_version_key": CatalogProblem.priceExists,
        ]) {
            try await tx.run(
                """
                INSERT INTO prices (tenant_id, id, product_id, currency, interval_unit, interval_count,
                    price_version, state, amount_minor, pricing, setup_fee_minor, in_use, version,
                    recorded_at)
                SELECT \(tx.scope.tenant), id, product_id, currency, interval_unit, interval_count,
                    price_version, 'current', amount_minor, pricing, setup_fee_minor, false, 1, \(now)
                FROM unnest(\(prices.map(\.id.uuid)), \(prices.map(\.product.uuid)),
                    \(prices.map(\.currency.code)), \(prices.map(\.interval?.unit.rawValue)),
                        \(prices.map { $0.interval.map { Int32($0.count) } }),
                    \(prices.map { Int32($0.priceVersion) }), \(prices.map(\.amountMinor)),
                    \(try prices.map { try $0.pricing.map { try JSONText(encoding: $0) } }),
                    \(prices.map(\.setupFeeMinor)))
                    AS price (id, product_id, currency, interval_unit, interval_count, price_version,
                        amount_minor, pricing, setup_fee_minor)
                """)
        }
    }

    /// The highest version so far of each product, currency and cycle of these products.
    static func versions(of products: [ProductID], in tx: Transaction) async throws -> [PriceKey: Int] {
        let versions = try await tx.all(
            """
            SELECT product_id, currency, interval_unit, interval_count, max(price_version) AS latest
            FROM prices
            WHERE product_id = ANY(\(products.map(\.uuid)))
            GROUP BY product_id, currency, interval_unit, interval_count
            """
        ) { row in
            let key = PriceKey(
                product: try row["product_id"], currency: try row["currency"],
                interval: try Price.interval(row))
            return (key, try row["latest"] as Int)
        }
        return Dictionary(uniqueKeysWithValues: versions)
    }

    private static func interval(_ row: Row) throws -> Interval? {
        let unit: Interval.Unit? = try row["interval_unit"]
        let count: Int? = try row["interval_count"]
        return unit.flatMap { unit in count.flatMap { Interval($0, unit) } }
    }

    func change(to draft: PriceDraft, in tx: Transaction) async throws {
        let pricing = try draft.pricing.map { try JSONText(encoding: $0) }
        try await tx.run(
            """
            UPDATE prices
            SET amount_minor = \(draft.amountMinor), pricing = \(pricing),
                setup_fee_minor = \(draft.setupFeeMinor), version = version + 1
            WHERE id = \(id)
            """)
    }

    func close(as state: State, in tx: Transaction) async throws {
        try await tx.run("UPDATE prices SET state = \(state), version = version + 1 WHERE id = \(id)")
    }

    /// From now on these prices are immutable: something was sold at them.
    package static func markInUse(_ prices: [PriceID], in tx: Transaction) async throws {
        let marked = try await tx.run(
            """
            UPDATE prices SET in_use = true, version = version + 1
            WHERE id = ANY(\(prices.map(\.uuid))) AND NOT in_use
            """)
        if marked > 0 { try await CatalogNews.tell(in: tx) }
    }
}
