package import Kernel
import Postgres

extension AutomationRun {
    private static let columns: SQL =
        "id, day, hour, due_at, made_up_from, state, recorded_at, started_at, ended_at"

    private init(row: Row) throws {
        id = try row["id"]
        day = try row["day"]
        hour = try row["hour"]
        dueAt = try row["due_at"]
        madeUpFrom = try row["made_up_from"]
        state = try row["state"]
        recordedAt = try row["recorded_at"]
        startedAt = try row["started_at"]
        endedAt = try row["ended_at"]
    }

    /// False when the day has a run already.
    func insert(in tx: Transaction) async throws -> Bool {
        try await tx.run(
            """
            INSERT INTO automation_runs (tenant_id, id, day, hour, due_at, made_up_from, state, recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(day), \(hour), \(dueAt), \(madeUpFrom), \(state),
                \(recordedAt))
            ON CONFLICT (tenant_id, day) DO NOTHING
            """) == 1
    }

    static func find(_ id: AutomationRunID, in tx: Transaction) async throws -> AutomationRun? {
        try await tx.first(
            "SELECT \(columns) FROM automation_runs WHERE id = \(id)", AutomationRun.init(row:))
    }

    static func find(_ day: Day, in tx: Transaction) async throws -> AutomationRun? {
        try await tx.first(
            "SELECT \(columns) FROM automation_runs WHERE day = \(day)", AutomationRun.init(row:))
    }

    static func lock(_ id: AutomationRunID, in tx: Transaction) async throws -> AutomationRun? {
        try await tx.first(
            "SELECT \(columns) FROM automation_runs WHERE id = \(id) FOR UPDATE", AutomationRun.init(row:))
    }

    /// The last day with a run, before `day` if that is given.
    static func lastDay(before day: Day? = nil, in tx: Transaction) async throws -> Day? {
        let condition: SQL = day.map { "day < \($0)" } ?? "TRUE"
        return try await tx.first(
            "SELECT day FROM automation_runs WHERE \(condition) ORDER BY day DESC LIMIT 1"
        ) { try $0["day"] }
    }

    /// The last day first.
    static func list(
        _ days: DayRange, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<AutomationRun> {
        var condition: SQL = "TRUE"
        if let from = days.from { condition = "\(condition) AND day >= \(from)" }
        if let to = days.to { condition = "\(condition) AND day <= \(to)" }
        if let cursor = page.cursor {
            guard let last = Day(cursor) else {
                throw Problem.invalid.with(errors: [FieldError("?cursor", "is not a cursor of this list")])
            }
            condition = "\(condition) AND day < \(last)"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM automation_runs
            WHERE \(condition)
            ORDER BY day DESC
            LIMIT \(page.limit + 1)
            """, AutomationRun.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.day.description)
    }

    static func start(_ id: AutomationRunID, in tx: Transaction, at now: Instant) async throws {
        try await tx.run(
            """
            UPDATE automation_runs
            SET state = 'running', started_at = COALESCE(started_at, \(now)), ended_at = NULL
            WHERE id = \(id)
            """)
    }

    static func end(_ id: AutomationRunID, _ state: State, in tx: Transaction, at now: Instant) async throws {
        try await tx.run("UPDATE automation_runs SET state = \(state), ended_at = \(now) WHERE id = \(id)")
    }
}

/// Days that a list is asked for; nil does not bound them.
package struct DayRange: Sendable {
    let from: Day?
    let to: Day?

    package init(from: Day? = nil, to: Day? = nil) {
        self.from = from
        self.to = to
    }
}
