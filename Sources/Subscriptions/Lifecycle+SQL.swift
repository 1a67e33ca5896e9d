import Kernel
import Platform
package import Postgres

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
                            AND s.state = 'active' AND d.next_due_on IS NOT NULL)
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
}
