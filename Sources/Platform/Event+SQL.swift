import Foundation
package import Kernel
package import Postgres

extension Event {
    init(row: Row) throws {
        id = try row["event_id"]
        type = try row["type"]
        objectID = try row["object_id"]
        objectVersion = Int(try row["object_version"] as Int32)
        payload = try row["payload"]
    }

    /// Writes events into the outbox, in the transaction that caused them: either both happened or neither.
    package static func record(_ events: [Event], in tx: Transaction, at now: Instant) async throws {
        if !events.isEmpty {
            try await tx.run(insertion(of: events, tenant: tx.scope.tenant, trace: tx.trace, at: now))
        }
    }

    /// The same as a statement, for those who send several in one round trip.
    ///
    /// It writes what subscribers are owed too, and calls for a dispatcher only when there is something: all
    /// transactions that notify commit one by one, in the whole cluster.
    package static func insertion(
        of events: [Event], tenant: TenantID, trace: TraceID? = nil, at now: Instant
    ) -> SQL {
        """
        WITH event AS MATERIALIZED (
            SELECT id, type, object_id, object_version, payload
            FROM unnest(\(events.map(\.id.uuid)), \(events.map(\.type)), \(events.map(\.objectID)),
                \(events.map { Int32($0.objectVersion) }), \(events.map(\.payload)))
                AS event (id, type, object_id, object_version, payload)
        ), recorded AS (
            INSERT INTO outbox_events (tenant_id, id, type, object_id, object_version, payload, recorded_at)
            SELECT \(tenant), id, type, object_id, object_version, payload, \(now)
            FROM event
        ), owed AS (
            INSERT INTO event_deliveries (tenant_id, subscriber, object_id, object_version, event_id, type,
                payload, trace_id, recorded_at, due_at)
            SELECT \(tenant), s.subscriber, e.object_id, e.object_version, e.id, e.type, e.payload,
                \(trace?.description), \(now), \(now)
            FROM event AS e
            JOIN mpanel_subscriptions() AS s ON s.event_type = e.type
            RETURNING event_id
        )
        SELECT pg_notify(\(Delivery.channel), '') FROM owed LIMIT 1
        """
    }

    /// Removes up to `limit` events that were recorded before `end`, and says how many. What is still owed to
    /// subscribers stays owed.
    static func forget(before end: Instant, limit: Int, in tx: Transaction) async throws -> Int {
        // The ids begin with the time: the primary key leads to the old ones.
        try await tx.run(
            """
            DELETE FROM outbox_events
            WHERE id IN (
                SELECT id FROM outbox_events
                WHERE id < \(UUID.version7(at: end)) AND recorded_at < \(end)
                ORDER BY id
                LIMIT \(limit))
            """)
    }
}
