import Kernel
import Platform
import Postgres

/// A step of a run, by its name.
struct StepPlace: Codable, Sendable {
    let run: AutomationRunID
    let step: String
}

extension RunStep {
    private static let columns: SQL = """
        run_id, name, state, cursor, items_done, items_failed, result, last_error, started_at, ended_at
        """

    private init(row: Row) throws {
        run = try row["run_id"]
        name = try row["name"]
        state = try row["state"]
        var progress = StepProgress()
        progress.cursor = try row["cursor"]
        progress.itemsDone = try row["items_done"]
        progress.itemsFailed = try row["items_failed"]
        progress.result = try (row["result"] as JSONText).decode()
        self.progress = progress
        lastError = try row["last_error"]
        startedAt = try row["started_at"]
        endedAt = try row["ended_at"]
    }

    /// The steps of a new run: the first may begin.
    static func insert(_ names: [String], of run: AutomationRunID, in tx: Transaction) async throws {
        let nothing = StepProgress()
        try await tx.run(
            """
            INSERT INTO automation_steps (tenant_id, run_id, place, name, state, items_done, items_failed,
                result)
            SELECT \(tx.scope.tenant), \(run), place, name,
                CASE place WHEN 1 THEN 'queued' ELSE 'waiting' END, 0, 0,
                \(try JSONText(encoding: nothing.result))
            FROM unnest(\(names)) WITH ORDINALITY AS step (name, place)
            """)
    }

    /// Of several runs at once, each in its order.
    static func of(_ runs: [AutomationRunID], in tx: Transaction) async throws -> [RunStep] {
        try await tx.all(
            """
            SELECT \(columns) FROM automation_steps
            WHERE run_id = ANY (\(runs))
            ORDER BY run_id, place
            """, RunStep.init(row:))
    }

    /// Has the step's turn begin.
    static func queue(_ place: StepPlace, in tx: Transaction) async throws {
        try await tx.run("UPDATE automation_steps SET state = 'queued' WHERE \(place.condition)")
    }

    /// Begins the step, or goes on with it, also when it was given up before. Nil when it is finished.
    static func take(_ place: StepPlace, in tx: Transaction, at now: Instant) async throws -> RunStep? {
        try await tx.first(
            """
            UPDATE automation_steps
            SET state = 'running', started_at = COALESCE(started_at, \(now)), ended_at = NULL
            WHERE \(place.condition) AND state <> 'finished'
            RETURNING \(columns)
            """, RunStep.init(row:))
    }

    static func keep(_ progress: StepProgress, of place: StepPlace, in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE automation_steps SET \(progress.assignment)
            WHERE \(place.condition) AND state = 'running'
            """)
    }

    /// Lets the step wait, for its next attempt or for the end of a stop.
    static func pause(_ place: StepPlace, error: String?, in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE automation_steps SET state = 'queued', last_error = COALESCE(\(error), last_error)
            WHERE \(place.condition) AND state = 'running'
            """)
    }

    /// False when it was finished before, and what follows is written.
    static func finish(
        _ place: StepPlace, _ progress: StepProgress, in tx: Transaction, at now: Instant
    ) async throws -> Bool {
        try await tx.run(
            """
            UPDATE automation_steps
            SET state = 'finished', ended_at = \(now), last_error = NULL, \(progress.assignment)
            WHERE \(place.condition) AND state <> 'finished'
            """) == 1
    }

    /// False when it was finished before. Without a known error its last worker was lost.
    static func giveUp(_ place: StepPlace, in tx: Transaction, at now: Instant) async throws -> Bool {
        try await tx.run(
            """
            UPDATE automation_steps
            SET state = 'failed', ended_at = \(now), last_error = COALESCE(last_error, 'WorkerLost')
            WHERE \(place.condition) AND state <> 'finished'
            """) == 1
    }
}

extension StepPlace {
    fileprivate var condition: SQL { "run_id = \(run) AND name = \(step)" }
}

extension StepProgress {
    fileprivate var assignment: SQL {
        get throws {
            """
            cursor = \(cursor), items_done = \(itemsDone), items_failed = \(itemsFailed),
            result = \(try JSONText(encoding: result))
            """
        }
    }
}
