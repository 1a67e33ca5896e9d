import Foundation
package import Kernel
package import Postgres

/// Where a job is: all that may be known of it without its tenant.
struct JobPlace: Sendable, Hashable {
    let tenant: TenantID
    let id: JobID
}

extension Job {
    private static let columns: SQL =
        "id, kind, payload, trace_id, state, attempts, due_at, last_error, recorded_at, ended_at"

    init(row: Row) throws {
        id = try row["id"]
        kind = try row["kind"]
        payload = try row["payload"]
        trace = (try row["trace_id"] as String?).flatMap { TraceID($0) }
        state = try row["state"]
        attempts = Int(try row["attempts"] as Int32)
        dueAt = try row["due_at"]
        lastError = try row["last_error"]
        recordedAt = try row["recorded_at"]
        endedAt = try row["ended_at"]
    }

    /// What a job listens for; the payload of the notification is empty.
    package static let channel = "mpanel_jobs"

    /// Asks for a job, in the transaction that makes it necessary: either both exist or neither. Workers hear
    /// of it at commit. It belongs to the transaction's trace.
    @discardableResult
    package static func ask(
        for kind: String, _ payload: JSONText, in tx: Transaction, at now: Instant
    ) async throws -> JobID {
        try await ask(for: kind, payload, trace: tx.trace, in: tx, at: now)
    }

    /// The same in a trace that is known from elsewhere.
    static func ask(
        for kind: String, _ payload: JSONText, trace: TraceID?, in tx: Transaction, at now: Instant
    ) async throws -> JobID {
        let id = JobID.new()
        _ = try await tx.pipeline([
            """
            INSERT INTO jobs (tenant_id, id, kind, payload, trace_id, state, attempts, due_at, recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(kind), \(payload), \(trace?.description), 'waiting', 0,
                \(now), \(now))
            """, wake,
        ])
        return id
    }

    private static let wake: SQL = "SELECT pg_notify(\(channel), '')"

    static func find(_ id: JobID, in tx: Transaction) async throws -> Job? {
        try await tx.first("SELECT \(columns) FROM jobs WHERE id = \(id)", Job.init(row:))
    }

    static func lock(_ id: JobID, in tx: Transaction) async throws -> Job? {
        try await tx.first("SELECT \(columns) FROM jobs WHERE id = \(id) FOR UPDATE", Job.init(row:))
    }

    /// The newest first.
    static func list(_ state: State?, _ page: PageRequest, in tx: Transaction) async throws -> Page<Job> {
        let place = ListPlace.newest(
            of: nil, in: state, behind: try page.cursor.map { try ListCursor($0).id })
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM jobs
            WHERE \(place)
            LIMIT \(page.limit + 1)
            """, Job.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.id.uuid).text }
    }

    /// Has a dead job tried anew, with all its attempts.
    static func revive(_ id: JobID, in tx: Transaction, at now: Instant) async throws {
        _ = try await tx.pipeline([
            """
            UPDATE jobs SET state = 'waiting', attempts = 0, due_at = \(now), ended_at = NULL
            WHERE id = \(id)
            """, wake,
        ])
    }

    /// Has waiting jobs of a kind looked at now: what they waited for has come.
    package static func hasten(_ kind: String, in tx: Transaction, at now: Instant) async throws {
        _ = try await tx.pipeline([
            """
            UPDATE jobs SET due_at = \(now)
            WHERE kind = \(kind) AND state = 'waiting' AND due_at > \(now)
            """, wake,
        ])
    }

    static func delete(_ id: JobID, in tx: Transaction) async throws {
        try await tx.run("DELETE FROM jobs WHERE id = \(id)")
    }
}

// The life of a job in its worker's hands.
extension Job {
    /// The longest-due job of each tenant that has one, at most `limit`, those of tenants with the fewest
    /// running jobs first: a tenant with a thousand jobs waits behind one with its first.
    ///
    /// The tenants are found by leaps through the index, so a tenant's thousand jobs cost no more than one.
    static func heads(
        at now: Instant, limit: Int, in system: SystemDatabase
    ) async throws -> [JobPlace] {
        try await system.all(
            """
            WITH RECURSIVE busy AS (
                (SELECT tenant_id FROM jobs WHERE due_at IS NOT NULL ORDER BY tenant_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT j.tenant_id FROM jobs AS j
                    WHERE j.due_at IS NOT NULL AND j.tenant_id > busy.tenant_id
                    ORDER BY j.tenant_id LIMIT 1)
                FROM busy
                WHERE busy.tenant_id IS NOT NULL
            )
            SELECT busy.tenant_id, head.id
            FROM busy
            CROSS JOIN LATERAL (
                SELECT j.id, j.due_at FROM jobs AS j
                WHERE j.tenant_id = busy.tenant_id AND j.due_at <= \(now)
                ORDER BY j.due_at, j.id LIMIT 1
            ) AS head
            ORDER BY (
                SELECT count(*) FROM jobs AS j
                WHERE j.tenant_id = busy.tenant_id AND j.state = 'running' AND j.due_at > \(now)
            ), head.due_at, head.id
            LIMIT \(limit)
            """
        ) { JobPlace(tenant: try $0["tenant_id"], id: try $0["id"]) }
    }

    /// The longest-due job of one tenant.
    static func heads(
        of tenant: TenantID, at now: Instant, in system: SystemDatabase
    ) async throws -> [JobPlace] {
        try await system.all(
            """
            SELECT id FROM jobs
            WHERE tenant_id = \(tenant) AND due_at <= \(now)
            ORDER BY due_at, id LIMIT 1
            """
        ) { JobPlace(tenant: tenant, id: try $0["id"]) }
    }

    /// Takes a job whose turn has come, or whose worker was lost, until `leaseEnd`. Nil when another worker
    /// was quicker.
    static func take(
        _ id: JobID, at now: Instant, until leaseEnd: Instant, in tx: Transaction
    ) async throws -> Job? {
        try await tx.first(
            """
            UPDATE jobs SET state = 'running', attempts = attempts + 1, due_at = \(leaseEnd)
            WHERE id = \(id) AND due_at <= \(now)
            RETURNING \(columns)
            """, Job.init(row:))
    }

    /// False when the lease was lost: another worker has the job now.
    func extend(until leaseEnd: Instant, in tx: Transaction) async throws -> Bool {
        try await tx.run("UPDATE jobs SET due_at = \(leaseEnd) WHERE \(isOurs)") == 1
    }

    func finish(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM jobs WHERE \(isOurs)")
    }

    /// Lets the job wait until `dueAt`; `attempts` is what counts as begun.
    func handBack(
        until dueAt: Instant, attempts: Int, error: String?, in tx: Transaction
    ) async throws {
        _ = try await tx.pipeline([
            """
            UPDATE jobs
            SET state = 'waiting', due_at = \(dueAt), attempts = \(Int32(attempts)),
                last_error = COALESCE(\(error), last_error)
            WHERE \(isOurs)
            """, Job.wake,
        ])
    }

    /// False when the lease was lost.
    func bury(error: String, in tx: Transaction, at now: Instant) async throws -> Bool {
        try await tx.run(
            """
            UPDATE jobs SET state = 'dead', due_at = NULL, ended_at = \(now), last_error = \(error)
            WHERE \(isOurs)
            """) == 1
    }

    /// The row while no other worker has taken it: each taking counts an attempt.
    private var isOurs: SQL {
        "id = \(id) AND state = 'running' AND attempts = \(Int32(attempts))"
    }
}
