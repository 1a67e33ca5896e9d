import BillingMath
import Discounts
import Foundation
import Kernel
import Platform
import Postgres

extension SubscriptionDiscount {
    fileprivate static let columns: SQL =
        """
        g.id, g.subscription_id, g.customer_id, g.coupon_id, g.reason, g.name, g.currency, g.percent_micros,
        g.amount_minor, g.applies_to, g.product_ids, g.family_ids, g.intervals, g.terms, g.granted_on,
        g.ended_on, g.version, g.recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        subscription = try row["subscription_id"]
        customer = try row["customer_id"]
        coupon = try row["coupon_id"]
        reason = try row["reason"]
        currency = try row["currency"]
        terms = try DiscountTerms(row: row)
        grantedOn = try row["granted_on"]
        endedOn = try row["ended_on"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    /// The earliest first, with what the items have of each.
    static func all(of subscription: SubscriptionID) -> SQL {
        """
        SELECT \(columns), c.item_id, c.starts_on, c.ends_on, c.amount_minor AS share_minor
        FROM subscription_discounts AS g
        LEFT JOIN discounted_items AS c ON c.tenant_id = g.tenant_id AND c.discount_id = g.id
        WHERE g.subscription_id = \(subscription)
        ORDER BY g.id
        """
    }

    /// Of the rows of `all`.
    static func grouped(_ rows: Rows) throws -> [SubscriptionDiscount] {
        var discounts: [SubscriptionDiscount] = []
        for row in rows {
            if discounts.last?.id != (try row["id"]) { discounts.append(try SubscriptionDiscount(row: row)) }
            if let item: SubscriptionItemID = try row["item_id"] {
                discounts[discounts.count - 1].items[item] = try DiscountedItem(row: row)
            }
        }
        return discounts
    }

    static func list(
        of subscription: SubscriptionID, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<SubscriptionDiscount> {
        let last = page.cursor.flatMap(SubscriptionDiscountID.init)
        let behind: SQL = last.map { "AND g.id < \($0)" } ?? ""
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM subscription_discounts AS g
            WHERE g.subscription_id = \(subscription) \(behind)
            ORDER BY g.id DESC
            LIMIT \(page.limit + 1)
            """, SubscriptionDiscount.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    static func find(
        _ id: SubscriptionDiscountID, in tx: Transaction
    ) async throws -> SubscriptionDiscount? {
        try await tx.first(
            "SELECT \(columns) FROM subscription_discounts AS g WHERE g.id = \(id)",
            SubscriptionDiscount.init(row:))
    }

    func end(on day: Day, in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE subscription_discounts SET ended_on = \(day), version = version + 1 WHERE id = \(id)
            """)
    }

    func insert(in tx: Transaction) async throws {
        let owned = items.sorted { $0.key < $1.key }
        _ = try await tx.pipeline([
            """
            INSERT INTO subscription_discounts (tenant_id, id, customer_id, subscription_id, coupon_id,
                reason, name, currency, percent_micros, amount_minor, applies_to, product_ids, family_ids,
                intervals, terms, granted_on, recorded_at, version)
            VALUES (\(tx.scope.tenant), \(id), \(customer), \(subscription), \(coupon), \(reason),
                \(terms.name), \(currency), \(terms.percentMicros), \(terms.amountMinor), \(terms.charges),
                \(terms.products.map(\.uuid)), \(terms.families.map(\.uuid)),
                \(JSONText(encoding: terms.intervals)), \(terms.terms.map(Int32.init)), \(grantedOn),
                \(recordedAt), \(Int32(version)))
            """,
            """
            INSERT INTO discounted_items (tenant_id, discount_id, item_id, customer_id, starts_on, ends_on,
                amount_minor)
            SELECT \(tx.scope.tenant), \(id), item_id, \(customer), starts_on, ends_on, amount_minor
            FROM unnest(\(owned.map(\.key.uuid)), \(owned.map(\.value.startsOn)),
                \(owned.map(\.value.endsOn)), \(owned.map(\.value.amountMinor)))
                AS i (item_id, starts_on, ends_on, amount_minor)
            """,
        ])
    }
}

extension Subscription {
    /// Its customer as one who redeems a coupon for it.
    func bearer(of coupon: CouponID, in tx: Transaction) async throws -> CouponBearer {
        let counts = try await tx.first(
            """
            SELECT
                (SELECT count(*) FROM subscription_discounts
                WHERE coupon_id = \(coupon) AND customer_id = \(customer)) AS uses,
                (SELECT count(*) FROM subscriptions
                WHERE customer_id = \(customer) AND id <> \(id)) AS others
            """
        ) { try (uses: $0["uses"] as Int, others: $0["others"] as Int) }
        return CouponBearer(
            customer: customer, uses: counts?.uses ?? 0, isNew: counts?.others == 0, currency: currency)
    }
}

extension DiscountedItem {
    fileprivate init(row: Row) throws {
        startsOn = try row["starts_on"]
        endsOn = try row["ends_on"]
        amountMinor = try row["share_minor"]
    }
}

/// A schedule of an item.
struct ScheduleKey: Hashable, Sendable {
    let item: SubscriptionItemID
    let number: Int32
}

/// What lowers the charges of schedules that are due.
struct DueDiscounts: Sendable {
    private var held: [ScheduleKey: HeldDiscounts] = [:]

    func of(_ item: SubscriptionItemID, _ number: Int32) -> [HeldDiscount] {
        held.isEmpty ? [] : held[ScheduleKey(item: item, number: number)]?.inOrder ?? []
    }

    /// Of the rows of `selection`.
    init(rows: Rows) throws {
        for row in rows {
            let key = ScheduleKey(item: try row["item_id"], number: try row["schedule_no"])
            // One that cannot be read is quarantined with the schedule itself.
            guard let terms = try? Schedule(row: row) else { continue }
            let discount = try SubscriptionDiscount(row: row)
            let offer = DiscountableOffer(
                product: try row["product_id"], family: try row["family_id"],
                interval: try row["paid_once"] ? nil : terms.interval)
            let own: DiscountedItem? = try row["is_own"] ? DiscountedItem(row: row) : nil
            held[key, default: HeldDiscounts()].add(
                discount.held(own, selling: offer), of: discount.terms)
        }
    }

    /// A row for each due schedule of these customers and each discount of its subscription, the earliest
    /// discount first. Lateral like the selection of the schedules themselves; see `DueRow.steadyPlans`.
    static func selection(of customers: [CustomerID], in window: DueWindow) -> SQL {
        """
        SELECT \(SubscriptionDiscount.columns), d.item_id, d.schedule_no, d.anchor, d.interval_unit,
            d.interval_count, p.interval_unit IS NULL AS paid_once, p.product_id, t.family_id,
            c.item_id IS NOT NULL AS is_own, c.starts_on,
            c.ends_on, c.amount_minor AS share_minor
        FROM subscription_discounts AS g
        CROSS JOIN LATERAL (
            SELECT * FROM subscription_items AS i
            WHERE i.tenant_id = g.tenant_id AND i.subscription_id = g.subscription_id OFFSET 0
        ) AS i
        CROSS JOIN LATERAL (
            SELECT * FROM item_schedules AS d
            WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id AND \(window.isBilled) AND \(window.covers)
            OFFSET 0
        ) AS d
        CROSS JOIN LATERAL (
            SELECT * FROM prices AS p WHERE p.tenant_id = d.tenant_id AND p.id = d.price_id OFFSET 0
        ) AS p
        CROSS JOIN LATERAL (
            SELECT * FROM products AS t WHERE t.tenant_id = d.tenant_id AND t.id = p.product_id OFFSET 0
        ) AS t
        LEFT JOIN LATERAL (
            SELECT * FROM discounted_items AS c
            WHERE c.tenant_id = g.tenant_id AND c.discount_id = g.id AND c.item_id = i.id OFFSET 0
        ) AS c ON true
        WHERE g.customer_id = ANY(\(customers.map(\.uuid)))
        ORDER BY g.id
        """
    }
}
