import BillingMath
import Customers
import Kernel
import Platform
import Postgres
import Tenancy

extension Subscription {
    private static let columns: SQL =
        """
        id, customer_id, reference, state, suspension_reason, suspended_on, suspension_billing, currency,
        started_on, trial_until, cancel_on, renewal, renewed_until, minimum_until, policies, version,
        recorded_at
        """

    /// `lastsUntil` of subscription `s`.
    static let lastsUntil: SQL = "LEAST(s.cancel_on, s.renewed_until)"

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        reference = try row["reference"]
        state = try row["state"]
        suspensionReason = try row["suspension_reason"]
        suspendedOn = try row["suspended_on"]
        suspensionBilling = try row["suspension_billing"]
        currency = try row["currency"]
        startedOn = try row["started_on"]
        trialUntil = try row["trial_until"]
        cancelOn = try row["cancel_on"]
        renewal = try row["renewal"]
        renewedUntil = try row["renewed_until"]
        minimumUntil = try row["minimum_until"]
        policies = try PolicySettings(stored: row["policies"])
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ id: SubscriptionID, in tx: Transaction) async throws -> Subscription? {
        try await tx.first("SELECT \(columns) FROM subscriptions WHERE id = \(id)", Subscription.init(row:))
    }

    /// Locks the subscription, and before it the customer, whom a billing run may hold.
    static func lock(_ id: SubscriptionID, in tx: Transaction) async throws -> Subscription? {
        try await Customer.hold(
            theOneOf: "SELECT customer_id FROM subscriptions WHERE id = \(id)", in: tx)
        return try await tx.first(
            "SELECT \(columns) FROM subscriptions WHERE id = \(id) FOR NO KEY UPDATE", Subscription.init(row:)
        )
    }

    static func list(
        _ filter: SubscriptionFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<Subscription> {
        let place = ListPlace.newest(
            of: filter.customer ?? tx.scope.customer, in: filter.state,
            behind: page.cursor.flatMap(SubscriptionID.init)?.uuid)
        let reference: SQL = filter.reference.map { "reference = \($0) AND " } ?? ""
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM subscriptions
            WHERE \(reference)\(place)
            LIMIT \(page.limit + 1)
            """, Subscription.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// Writes what is set of policies, and nothing else. Triggers tell the schedules.
    func updatePolicies(in tx: Transaction) async throws -> Subscription {
        let updated = try await tx.first(
            """
            UPDATE subscriptions
            SET policies = \(policies.stored), version = version + 1
            WHERE id = \(id) AND version = \(version)
            RETURNING \(Subscription.columns)
            """, Subscription.init(row:))
        guard let updated else { throw Problem.stale }
        return updated
    }

    /// Writes the state and the days, and whether the schedules are billed at all. What is due of them when
    /// the settlement writes.
    func update(in tx: Transaction) async throws -> Subscription {
        let updated = try await tx.first(
            """
            UPDATE subscriptions
            SET state = \(state), suspension_reason = \(suspensionReason), suspended_on = \(suspendedOn),
                suspension_billing = \(suspensionBilling), cancel_on = \(cancelOn), renewal = \(renewal),
                renewed_until = \(renewedUntil), version = version + 1
            WHERE id = \(id) AND version = \(version)
            RETURNING \(Subscription.columns)
            """, Subscription.init(row:))
        guard let updated else { throw Problem.stale }
        try await tx.run(
            """
            UPDATE item_schedules
            SET is_billable = \(isBillable)
            WHERE item_id IN (SELECT i.id FROM subscription_items AS i WHERE i.subscription_id = \(id))
            """)
        return updated
    }
}

/// Which subscriptions a list shows, newest first.
struct SubscriptionFilter: Sendable {
    var customer: CustomerID?
    var state: Subscription.State?
    var reference: Code?
}

extension ItemSchedule {
    /// Of a row of item_schedules with `product_id` and `paid_once` of its price, and the subscription's
    /// `lasts_until`.
    init(row: Row) throws {
        number = try row["schedule_no"]
        product = try row["product_id"]
        price = try row["price_id"]
        quantity = try row["quantity_micros"]
        span = ScheduleSpan(
            try Schedule(row: row), from: try row["starts_on"], to: try row["ends_on"],
            cancelOn: try row["lasts_until"], inArrears: try row["in_arrears"])
        firstTerm = try row["first_term"]
        nextTerm = try row["next_term"]
        chargesSetUp = try row["charges_set_up"]
        followsPrice = try row["follows_price"]
        isPaidOnce = try row["paid_once"]
    }
}

extension SubscriptionItem {
    /// The items of some subscriptions with their schedules, in the order in which they were added.
    static func of(_ subscriptions: [SubscriptionID], in tx: Transaction) async throws -> [SubscriptionItem] {
        let rows = try await tx.all(
            """
            SELECT i.id, i.subscription_id, i.removed_on, d.schedule_no, d.price_id, p.product_id,
                d.quantity_micros, d.anchor, d.interval_unit, d.interval_count, d.starts_on, d.ends_on,
                d.in_arrears, \(Subscription.lastsUntil) AS lasts_until, d.first_term, d.next_term,
                d.charges_set_up, d.follows_price, p.interval_unit IS NULL AS paid_once
            FROM subscriptions AS s
            JOIN subscription_items AS i ON i.tenant_id = s.tenant_id AND i.subscription_id = s.id
            JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
            JOIN prices AS p ON p.tenant_id = d.tenant_id AND p.id = d.price_id
            WHERE s.id = ANY(\(subscriptions.map(\.uuid)))
            ORDER BY i.subscription_id, i.id, d.schedule_no
            """
        ) { row in
            SubscriptionItem(
                id: try row["id"], subscription: try row["subscription_id"],
                removedOn: try row["removed_on"], schedules: [try ItemSchedule(row: row)])
        }
        return rows.reduce(into: []) { items, next in
            guard let last = items.last, last.id == next.id else { return items.append(next) }
            items[items.count - 1] = SubscriptionItem(
                id: last.id, subscription: last.subscription, removedOn: last.removedOn,
                schedules: last.schedules + next.schedules)
        }
    }
}

extension Schedule {
    /// From the columns anchor, interval_unit and interval_count.
    init(row: Row) throws {
        let unit: Interval.Unit = try row["interval_unit"]
        guard let interval = Interval(try row["interval_count"], unit) else {
            throw BillingFault.unreadableSchedule
        }
        self.init(anchor: try row["anchor"], interval: interval)
    }
}
