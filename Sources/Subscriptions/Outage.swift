import Kernel
import Postgres

/// Waiting out a database that restarts or is busy.
enum Outage {
    /// Together about two minutes: longer than a restart with recovery takes.
    private static let pauses: [Duration] =
        [.milliseconds(50), .milliseconds(200), .milliseconds(500)] + Array(repeating: .seconds(1), count: 20)
        + Array(repeating: .seconds(5), count: 20)

    /// Repeats `body` while the database cannot be reached. It gets the outcome of an attempt whose commit
    /// was never answered, so that it can find out instead of counting twice.
    static func waitedOut(
        _ body: (ChunkOutcome?) async throws -> ChunkOutcome
    ) async throws -> ChunkOutcome {
        var unanswered: ChunkOutcome?
        for pause in pauses {
            do {
                return try await body(unanswered)
            } catch let error as UnansweredCommit {
                unanswered = error.outcome ?? unanswered
            } catch let error where isOutage(error) {
                // Nothing was written: a transaction that did not reach its commit is gone.
            }
            try await Task.sleep(for: pause)
        }
        return try await body(unanswered)
    }

    /// Repeats `body`, which may as well happen twice, while the database cannot be reached.
    static func outlasted<Value>(_ body: () async throws -> Value) async throws -> Value {
        for pause in pauses {
            do {
                return try await body()
            } catch let error where isOutage(error) {
                try await Task.sleep(for: pause)
            }
        }
        return try await body()
    }

    static func isOutage(_ error: any Error) -> Bool {
        switch error {
        case is ConnectionFailure, is UnansweredCommit: true
        case let problem as Problem: problem.status == 503
        case let error as PostgresError: error.isOutage
        default: false
        }
    }
}

/// The commit of a chunk was sent and never answered.
struct UnansweredCommit: Error {
    let outcome: ChunkOutcome?
}

/// Carries a value out of a transaction's closure, which runs on one task at a time.
final class Box<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) {
        self.value = value
    }
}
