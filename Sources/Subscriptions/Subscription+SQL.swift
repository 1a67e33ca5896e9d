import BillingMath
import Customers
import Kernel
import Platform
import Postgres
import Tenancy

extension Subscription {
    private static let columns: SQL =
        """
        id, customer_id, reference, state, suspension_reason, currency, started_on, trial_until, cancel_on,
            policies, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        reference = try row["reference"]
        state = try row["state"]
        suspensionReason = try row["suspension_reason"]
        currency = try row["currency"]
        startedOn = try row["started_on"]
        trialUntil = try row["trial_until"]
        cancelOn = try row["cancel_on"]
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

    /// Writes the state and the cancellation day, and what follows from them for the schedules.
    func update(in tx: Transaction) async throws -> Subscription {
        let updated = try await tx.first(
            """
            UPDATE subscriptions
            SET state = \(state), suspension_reason = \(suspensionReason), cancel_on = \(cancelOn),
                version = version + 1
            WHERE id = \(id) AND version = \(version)
            RETURNING \(Subscription.columns)
            """, Subscription.init(row:))
        guard let updated else { throw Problem.stale }
        try await tx.run(
            """
            UPDATE item_schedules
            SET is_billable = \(isBillable),
                next_due_on = CASE WHEN \(cancelOn) <= next_due_on THEN NULL ELSE next_due_on END
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

extension SubscriptionItem {
    init(row: Row) throws {
        id = try row["id"]
        subscription = try row["subscription_id"]
        product = try row["product_id"]
        quantity = try row["quantity_micros"]
        schedule = ItemSchedule(
            number: try row["schedule_no"], price: try row["price_id"], terms: try Schedule(row: row),
            firstTerm: try row["first_term"], next: (try row["next_term"], try row["next_due_on"]))
    }

    /// The items of some subscriptions with the schedule that is open, in the order in which they were added.
    static func of(_ subscriptions: [SubscriptionID], in tx: Transaction) async throws -> [SubscriptionItem] {
        try await tx.all(
            """
            SELECT i.id, i.subscription_id, i.product_id, i.quantity_micros, s.schedule_no, s.price_id,
                s.anchor, s.interval_unit, s.interval_count, s.first_term, s.next_term, s.next_due_on
            FROM subscription_items AS i
            JOIN item_schedules AS s ON s.tenant_id = i.tenant_id AND s.item_id = i.id
            WHERE i.subscription_id = ANY(\(subscriptions.map(\.uuid)))
            ORDER BY i.subscription_id, i.id
            """, SubscriptionItem.init(row:))
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
