import Kernel
import Platform
import Postgres

extension QueuedRun {
    private static let columns: SQL =
        "id, as_of, issued_on, is_dry_run, state, report, started_at, finished_at"

    init(row: Row) throws {
        id = try row["id"]
        asOf = try row["as_of"]
        issuedOn = try row["issued_on"]
        isDryRun = try row["is_dry_run"]
        state = try row["state"]
        report = try (row["report"] as JSONText).decode()
        startedAt = try row["started_at"]
        finishedAt = try row["finished_at"]
    }

    func insert(in tx: Transaction) async throws {
        try await refusing(["billing_runs_one_waiting": SubscriptionsProblem.billingBusy]) {
            try await tx.run(
                """
                INSERT INTO billing_runs (tenant_id, id, as_of, issued_on, is_dry_run, state, report,
                    started_at, reported_at)
                VALUES (\(tx.scope.tenant), \(id), \(asOf), \(issuedOn), \(isDryRun), \(state),
                    \(JSONText(encoding: report)), \(startedAt), \(startedAt))
                """)
        }
    }

    static func find(_ id: RunID, in tx: Transaction) async throws -> QueuedRun? {
        try await tx.first("SELECT \(columns) FROM billing_runs WHERE id = \(id)", QueuedRun.init(row:))
    }

    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<QueuedRun> {
        let behind: SQL = page.cursor.flatMap(RunID.init).map { "id < \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM billing_runs
            WHERE \(behind)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, QueuedRun.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// Begins the run, or goes on with it after another worker. Nil when it is finished: only the end of its
    /// job was not written.
    static func take(_ id: RunID, in tx: Transaction) async throws -> QueuedRun? {
        try await tx.first(
            """
            UPDATE billing_runs SET state = 'running', finished_at = NULL
            WHERE id = \(id) AND state <> 'finished'
            RETURNING \(columns)
            """, QueuedRun.init(row:))
    }

    static func report(_ report: BillingReport, of id: RunID, now: Instant, in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE billing_runs
            SET report = \(JSONText(encoding: report)), reported_at = \(now)
            WHERE id = \(id) AND state = 'running'
            """)
    }

    static func end(
        _ id: RunID, _ state: State, _ report: BillingReport?, now: Instant, in tx: Transaction
    ) async throws {
        try await tx.run(
            """
            UPDATE billing_runs
            SET state = \(state), report = COALESCE(\(report.map { try JSONText(encoding: $0) }), report),
                reported_at = \(now), finished_at = \(now)
            WHERE id = \(id)
            """)
    }
}
