import Kernel
import Platform
package import Postgres
import Tenancy

extension Subscription {
    /// How many subscriptions the tenant has that are active.
    package static func countActive(in tx: Transaction) async throws -> Int {
        try await tx.first("SELECT count(*) AS number FROM subscriptions WHERE state = 'active'") {
            try $0["number"]
        } ?? 0
    }

    /// What the calendar does to subscriptions, in one statement: orders whose first day has come start their
    /// trial or become active, and so do trials that have ended. Returns how many moved.
    @discardableResult
    static func beginDue(on today: Day, in tx: Transaction, at now: Instant) async throws -> Int {
        let begun = try await tx.all(
            """
            WITH begun AS (
                UPDATE subscriptions
                SET state = CASE WHEN trial_until > \(today) THEN 'trial' ELSE 'active' END,
                    version = version + 1
                WHERE (state = 'trial' AND trial_until <= \(today)) OR (state = 'pending'
                    AND started_on <= \(today))
                RETURNING tenant_id, id, state, version
            ), billable AS (
                UPDATE item_schedules AS d
                SET is_billable = true
                FROM begun
                JOIN subscription_items AS i ON i.tenant_id = begun.tenant_id AND i.subscription_id = begun.id
                WHERE begun.state = 'active' AND d.tenant_id = i.tenant_id AND d.item_id = i.id
            )
            SELECT id, state, version FROM begun
            """
        ) { row in SubscriptionsEvents.moved(try row["id"], to: try row["state"], version: try row["version"])
        }
        try await Event.record(begun, in: tx, at: now)
        return begun.count
    }

    /// Subscriptions whose last day has passed end, once nothing of them is left to bill. What is in
    /// quarantine is left to bill.
    @discardableResult
    static func endDue(on today: Day, in tx: Transaction, at now: Instant) async throws -> Int {
        let ended = try await tx.all(
            """
            WITH ended AS (
                UPDATE subscriptions AS s
                SET state = 'cancelled', suspension_reason = NULL, suspended_on = NULL,
                    suspension_billing = NULL, version = version + 1
                WHERE s.state <> 'cancelled' AND s.cancel_on <= \(today)
                    AND NOT EXISTS (
                        SELECT FROM subscription_items AS i
                        JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
                        WHERE i.tenant_id = s.tenant_id AND i.subscription_id = s.id
                            AND d.next_due_on IS NOT NULL AND (s.state = 'active' OR \(isOwed)))
                RETURNING tenant_id, id, version
            ), unbillable AS (
                UPDATE item_schedules AS d
                SET is_billable = false
                FROM ended
                JOIN subscription_items AS i ON i.tenant_id = ended.tenant_id AND i.subscription_id = ended.id
                WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id
            )
            SELECT id, version FROM ended
            """
        ) { row in SubscriptionsEvents.moved(try row["id"], to: .cancelled, version: try row["version"]) }
        try await Event.record(ended, in: tx, at: now)
        return ended.count
    }

    /// Whether the next term of schedule `d`, billed in arrears, is owed though subscription `s` is
    /// suspended: it began before, or is to be billed in spite of it. Somebody resumes or cancels it first.
    static let isOwed: SQL =
        """
        (d.in_arrears AND (s.suspension_billing <> 'skip' OR \(ItemSchedule.nextStart) < s.suspended_on))
        """

    /// Subscriptions that nobody renewed lapse on the day up to which they were, once nothing of them is left
    /// to bill, and are cancelled when the days of grace are over.
    static func lapseDue(_ window: RenewalWindow, in tx: Transaction, at now: Instant) async throws {
        let lapsed = try await tx.all(
            """
            WITH due AS (
                SELECT s.tenant_id, s.id, s.state = 'lapsed' AS is_over
                FROM subscriptions AS s
                \(RenewalWindow.levels)
                WHERE s.renewal = 'manual' AND s.renewed_until <= \(window.today) AND (
                    (s.state = 'active' AND NOT EXISTS (
                        SELECT FROM subscription_items AS i
                        JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
                        WHERE i.tenant_id = s.tenant_id AND i.subscription_id = s.id
                            AND d.next_due_on IS NOT NULL))
                    OR (s.state = 'lapsed' AND s.renewed_until + \(window.graceDays) < \(window.today)))
            ), moved AS (
                UPDATE subscriptions AS s
                SET state = CASE WHEN due.is_over THEN 'cancelled' ELSE 'lapsed' END,
                    cancel_on = CASE WHEN due.is_over THEN \(window.today) ELSE s.cancel_on END,
                    version = version + 1
                FROM due WHERE s.tenant_id = due.tenant_id AND s.id = due.id
                RETURNING s.tenant_id, s.id, s.state, s.version
            ), unbillable AS (
                UPDATE item_schedules AS d
                SET is_billable = false
                FROM moved
                JOIN subscription_items AS i ON i.tenant_id = moved.tenant_id AND i.subscription_id = moved.id
                WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id
            )
            SELECT id, state, version FROM moved
            """
        ) { row in
            SubscriptionsEvents.moved(try row["id"], to: try row["state"], version: try row["version"])
        }
        try await Event.record(lapsed, in: tx, at: now)
    }

    /// Tells once for each end that it is near.
    static func offerDue(_ window: RenewalWindow, in tx: Transaction, at now: Instant) async throws {
        let offered = try await tx.all(
            """
            WITH due AS (
                SELECT s.tenant_id, s.id
                FROM subscriptions AS s
                \(RenewalWindow.levels)
                WHERE s.renewal = 'manual' AND s.state = 'active' AND s.cancel_on IS NULL
                    AND s.renewed_until - \(window.offerDays) <= \(window.today)
                    AND s.renewed_until > \(window.today)
                    AND s.renewal_offered_for IS DISTINCT FROM s.renewed_until
            )
            UPDATE subscriptions AS s
            SET renewal_offered_for = s.renewed_until, version = version + 1
            FROM due WHERE s.tenant_id = due.tenant_id AND s.id = due.id
            RETURNING s.id, s.version
            """
        ) { row in SubscriptionsEvents.renewalOffered(try row["id"], version: try row["version"]) }
        try await Event.record(offered, in: tx, at: now)
    }
}

/// What the calendar asks about renewals on a day.
struct RenewalWindow: Sendable {
    let today: Day
    private let policies: PolicyCascade

    init(_ today: Day, _ settings: TenantSettings) {
        self.today = today
        policies = PolicyCascade(tenant: settings.policies)
    }

    /// Of subscription `s`, its customer `c` and their group `g`, the nearest that decides.
    fileprivate static let levels: SQL =
        """
        JOIN customers AS c ON c.tenant_id = s.tenant_id AND c.id = s.customer_id
        LEFT JOIN customer_groups AS g ON g.tenant_id = c.tenant_id AND g.id = c.customer_group_id
        """

    fileprivate var offerDays: SQL { days(Policies.renewalOfferDays) }
    fileprivate var graceDays: SQL { days(Policies.renewalGraceDays) }

    private func days(_ policy: Policy<Whole<0, 365>>) -> SQL {
        let shipped = "\(policies.value(policy).value)"
        return """
            COALESCE(s.policies ->> \(policy.name), c.policies ->> \(policy.name),
                g.policies ->> \(policy.name), \(shipped))::integer
            """
    }
}
