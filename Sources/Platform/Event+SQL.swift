import Foundation
package import Kernel
package import Postgres

extension Event {
    /// Writes events into the outbox, in the transaction that caused them: either both happened or neither.
    package static func record(_ events: [Event], in tx: Transaction, at now: Instant) async throws {
        if !events.isEmpty { try await tx.run(insertion(of: events, tenant: tx.scope.tenant, at: now)) }
    }

    /// The same as a statement, for those who send several in one round trip.
    package static func insertion(of events: [Event], tenant: TenantID, at now: Instant) -> SQL {
        """
        INSERT INTO outbox_events (tenant_id, id, type, object_id, object_version, payload, recorded_at)
        SELECT \(tenant), id, type, object_id, object_version, payload, \(now)
        FROM unnest(\(events.map(\.id.uuid)), \(events.map(\.type)), \(events.map(\.objectID)),
            \(events.map { Int32($0.objectVersion) }), \(events.map(\.payload)))
            AS event (id, type, object_id, object_version, payload)
        """
    }
}
