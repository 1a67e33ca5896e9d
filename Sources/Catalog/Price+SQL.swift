import BillingMath
package import Kernel
import Platform
package import Postgres

extension Price {
    private static let columns = columns("prices")

    /// Of the table that goes by this name in the statement.
    static func columns(_ p: SQL) -> SQL {
        """
        \(p).id, \(p).product_id, \(p).currency, \(p).interval_unit, \(p).interval_count,
        \(p).for_group_id, \(p).for_customer_id, \(p).price_version, \(p).state, \(p).amount_minor,
        \(p).pricing, \(p).setup_fee_minor, \(p).billed, \(p).in_use, \(p).version
        """
    }

    init(row: Row) throws {
        id = try row["id"]
        product = try row["product_id"]
        currency = try row["currency"]
        interval = try Price.interval(row)
        audience = try PriceAudience(row: row)
        priceVersion = try row["price_version"]
        state = try row["state"]
        amountMinor = try row["amount_minor"]
        pricing = try (row["pricing"] as JSONText?)?.decode()
        setupFeeMinor = try row["setup_fee_minor"]
        billed = try row["billed"]
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

    /// The current prices for everybody of some products, each product's together and in a steady order.
    package static func current(of products: [ProductID], in tx: Transaction) async throws -> [Price] {
        try await tx.all(
            """
            SELECT \(columns) FROM prices
            WHERE product_id = ANY(\(products.map(\.uuid))) AND state = 'current' AND for_group_id IS NULL
                AND for_customer_id IS NULL
            ORDER BY product_id, currency, interval_unit NULLS FIRST, interval_count
            """, Price.init(row:))
    }

    package static func insert(_ prices: [Price], in tx: Transaction, at now: Instant) async throws {
        guard !prices.isEmpty else { return }
        try await refusing([
            "prices_current_key": CatalogProblem.priceExists,
            "prices_version_key": CatalogProblem.priceExists,
            "prices_group_fkey": CatalogProblem.unknownAudience,
            "prices_customer_fkey": CatalogProblem.unknownAudience,
        ]) {
            try await tx.run(
                """
                INSERT INTO prices (tenant_id, id, product_id, currency, interval_unit, interval_count,
                    for_group_id, for_customer_id, price_version, state, amount_minor, pricing,
                    setup_fee_minor, billed, in_use, version, recorded_at)
                SELECT \(tx.scope.tenant), id, product_id, currency, interval_unit, interval_count,
                    for_group_id, for_customer_id, price_version, state, amount_minor, pricing,
                    setup_fee_minor, billed, false, 1, \(now)
                FROM unnest(\(prices.map(\.id.uuid)), \(prices.map(\.product.uuid)),
                    \(prices.map(\.currency.code)), \(prices.map(\.interval?.unit.rawValue)),
                        \(prices.map { $0.interval.map { Int32($0.count) } }),
                    \(prices.map(\.audience.group?.uuid)), \(prices.map(\.audience.customer?.uuid)),
                    \(prices.map { Int32($0.priceVersion) }), \(prices.map(\.state.rawValue)),
                    \(prices.map(\.amountMinor)),
                    \(try prices.map { try $0.pricing.map { try JSONText(encoding: $0) } }),
                    \(prices.map(\.setupFeeMinor)), \(prices.map(\.billed.rawValue)))
                    AS price (id, product_id, currency, interval_unit, interval_count, for_group_id,
                        for_customer_id, price_version, state, amount_minor, pricing, setup_fee_minor,
                        billed)
                """)
        }
    }

    /// The highest version so far of each product, currency, cycle and audience of these products.
    static func versions(of products: [ProductID], in tx: Transaction) async throws -> [PriceKey: Int] {
        let versions = try await tx.all(
            """
            SELECT product_id, currency, interval_unit, interval_count, for_group_id, for_customer_id,
                max(price_version) AS latest
            FROM prices
            WHERE product_id = ANY(\(products.map(\.uuid)))
            GROUP BY product_id, currency, interval_unit, interval_count, for_group_id, for_customer_id
            """
        ) { row in
            let key = PriceKey(
                product: try row["product_id"], currency: try row["currency"],
                interval: try Price.interval(row), audience: try PriceAudience(row: row))
            return (key, try row["latest"] as Int)
        }
        return Dictionary(uniqueKeysWithValues: versions)
    }

    /// Those for some: of a group, or of a customer, the newest first.
    static func list(
        _ filter: PriceFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<Price> {
        var condition: SQL = "TRUE"
        if let product = filter.product { condition = "\(condition) AND product_id = \(product)" }
        if let group = filter.group { condition = "\(condition) AND for_group_id = \(group)" }
        if let customer = filter.customer { condition = "\(condition) AND for_customer_id = \(customer)" }
        if let state = filter.state { condition = "\(condition) AND state = \(state)" }
        if let last = page.cursor.flatMap(PriceID.init) { condition = "\(condition) AND id < \(last)" }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM prices
            WHERE \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, Price.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// What a customer is sold at, in each currency and cycle the narrowest: their own price before that of
    /// their group, and that before everybody's. Nothing for a customer that there is not.
    static func offered(
        to customer: CustomerID, of product: ProductID, in tx: Transaction
    ) async throws -> [Price] {
        try await tx.all(
            """
            SELECT DISTINCT ON (currency, interval_unit, interval_count) \(columns("p"))
            FROM prices AS p
            WHERE product_id = \(product) AND state = 'current' AND \(PriceAudience.includes(customer))
                AND EXISTS (SELECT FROM customers WHERE id = \(customer))
            ORDER BY currency, interval_unit NULLS FIRST, interval_count, for_customer_id NULLS LAST,
                for_group_id NULLS LAST
            """, Price.init(row:))
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
        if prices.isEmpty { return }
        let marked = try await tx.run(
            """
            UPDATE prices SET in_use = true, version = version + 1
            WHERE id = ANY(\(prices.map(\.uuid))) AND NOT in_use
            """)
        if marked > 0 { try await CatalogNews.tell(in: tx) }
    }
}

extension PriceAudience {
    /// Whether price `p` is for a customer: `includes(_:of:)`, where a row is asked.
    package static func includes(_ customer: CustomerID) -> SQL {
        """
        (p.for_customer_id IS NULL OR p.for_customer_id = \(customer))
            AND (p.for_group_id IS NULL
                OR p.for_group_id = (SELECT customer_group_id FROM customers WHERE id = \(customer)))
        """
    }

    fileprivate init(row: Row) throws {
        let group: CustomerGroupID? = try row["for_group_id"]
        let customer: CustomerID? = try row["for_customer_id"]
        self = group.map(Self.group) ?? customer.map(Self.customer) ?? .everybody
    }
}

/// Which prices a list shows.
struct PriceFilter: Sendable {
    var product: ProductID?
    var group: CustomerGroupID?
    var customer: CustomerID?
    var state: Price.State?
}
