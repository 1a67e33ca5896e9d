import Foundation
import Kernel
import Postgres

extension Delivery {
    /// What a dispatcher listens for; the payload of the notification is empty.
    static let channel = "mpanel_events"

    init(row: Row) throws {
        subscriber = try row["subscriber"]
        event = try Event(row: row)
        trace = (try row["trace_id"] as String?).flatMap { TraceID($0) }
        attempts = Int(try row["attempts"] as Int32)
    }

    /// The next tenants after `last`, in the order of their ids, to whose events one of `subscribers` is owed
    /// now: each gets its turn, however many events another one has. They are found by leaps through the
    /// index.
    static func tenants(
        after last: TenantID?, owing subscribers: [String], at now: Instant, limit: Int,
        in system: SystemDatabase
    ) async throws -> [TenantID] {
        try await system.all(
            """
            WITH RECURSIVE busy AS (
                (SELECT tenant_id FROM event_deliveries
                WHERE due_at IS NOT NULL AND tenant_id > \(last?.uuid ?? beforeAll)
                ORDER BY tenant_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT d.tenant_id FROM event_deliveries AS d
                    WHERE d.due_at IS NOT NULL AND d.tenant_id > busy.tenant_id
                    ORDER BY d.tenant_id LIMIT 1)
                FROM busy
                WHERE busy.tenant_id IS NOT NULL
            )
            SELECT busy.tenant_id
            FROM busy
            WHERE EXISTS (
                SELECT FROM event_deliveries AS d
                WHERE d.tenant_id = busy.tenant_id AND \(isFree(owing: subscribers, at: now)))
            LIMIT \(limit)
            """
        ) { try $0["tenant_id"] }
    }

    private static let beforeAll = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// Takes up to `limit` deliveries, the oldest first, until `leaseEnd`: of each object the first alone.
    static func claim(
        owing subscribers: [String], at now: Instant, until leaseEnd: Instant, limit: Int, in tx: Transaction
    ) async throws -> [Delivery] {
        try await tx.all(
            """
            UPDATE event_deliveries AS taken
            SET attempts = taken.attempts + 1, due_at = \(leaseEnd)
            FROM (
                SELECT d.subscriber, d.object_id, d.object_version, d.event_id FROM event_deliveries AS d
                WHERE \(isFree(owing: subscribers, at: now))
                ORDER BY d.due_at, d.event_id
                LIMIT \(limit)
                FOR UPDATE OF d SKIP LOCKED
            ) AS free
            WHERE (taken.subscriber, taken.object_id, taken.object_version, taken.event_id)
                = (free.subscriber, free.object_id, free.object_version, free.event_id)
            RETURNING taken.subscriber, taken.event_id, taken.type, taken.object_id, taken.object_version,
                taken.payload, taken.trace_id, taken.attempts
            """, Delivery.init(row:))
    }

    /// Due, and no earlier event of the object is still owed to the same subscriber.
    private static func isFree(owing subscribers: [String], at now: Instant) -> SQL {
        """
        d.due_at <= \(now) AND d.subscriber = ANY(\(subscribers)) AND NOT EXISTS (
            SELECT FROM event_deliveries AS earlier
            WHERE earlier.tenant_id = d.tenant_id AND earlier.subscriber = d.subscriber
                AND earlier.object_id = d.object_id
                AND (earlier.object_version, earlier.event_id) < (d.object_version, d.event_id))
        """
    }

    static func find(_ key: Key, of subscriber: String, in tx: Transaction) async throws -> Delivery? {
        try await tx.first(
            """
            SELECT subscriber, event_id, type, object_id, object_version, payload, trace_id, attempts
            FROM event_deliveries
            WHERE subscriber = \(subscriber) AND object_id = \(key.object)
                AND object_version = \(Int32(key.version)) AND event_id = \(key.event)
            """, Delivery.init(row:))
    }

    /// They were delivered. Whoever else may have them in hand, after a lost lease, delivers them twice.
    static func finish(_ deliveries: [Delivery], in tx: Transaction) async throws {
        try await tx.run(
            """
            DELETE FROM event_deliveries AS d
            USING \(places(of: deliveries))
            WHERE \(isAtPlace)
            """)
    }

    /// Lets others have what was taken and not begun.
    static func handBack(_ deliveries: [Delivery], in tx: Transaction, at now: Instant) async throws {
        try await tx.run(
            """
            UPDATE event_deliveries AS d
            SET due_at = \(now), attempts = d.attempts - 1
            FROM \(places(of: deliveries))
            WHERE \(isAtPlace) AND d.job_id IS NULL
            """)
    }

    /// Makes what failed a job. Nothing happens when it was delivered or became one meanwhile.
    func becomeJob(in tx: Transaction, at now: Instant) async throws {
        let isOpen = try await tx.first(
            """
            SELECT true AS is_open FROM event_deliveries AS d
            WHERE \(isThis) AND d.job_id IS NULL
            FOR UPDATE
            """
        ) { try $0["is_open"] as Bool }
        guard isOpen == true else { return }
        let job = try await Job.ask(
            for: Subscriber.jobKind(of: subscriber), JSONText(encoding: key), trace: trace, in: tx,
            at: now)
        try await tx.run(
            "UPDATE event_deliveries AS d SET due_at = NULL, job_id = \(job) WHERE \(isThis)")
    }

    private var isThis: SQL {
        """
        d.subscriber = \(subscriber) AND d.object_id = \(event.objectID)
        AND d.object_version = \(Int32(event.objectVersion)) AND d.event_id = \(event.id)
        """
    }

    private static func places(of deliveries: [Delivery]) -> SQL {
        """
        unnest(\(deliveries.map(\.subscriber)), \(deliveries.map(\.event.objectID)),
            \(deliveries.map { Int32($0.event.objectVersion) }), \(deliveries.map(\.event.id.uuid)))
            AS place (subscriber, object_id, object_version, event_id)
        """
    }

    private static let isAtPlace: SQL = """
        d.subscriber = place.subscriber AND d.object_id = place.object_id
        AND d.object_version = place.object_version AND d.event_id = place.event_id
        """
}
