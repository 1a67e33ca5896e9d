package import Kernel
package import Postgres

/// Work that is to be done once, whoever does it: a row from the transaction that asked for it until it is
/// done or given up.
package struct Job: Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case waiting, running
        /// Given up after its last attempt; a person decides what becomes of it.
        case dead
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case retry, discard
    }

    package let id: JobID
    /// Which definition does it: `billing_run`.
    package let kind: String
    package let payload: JSONText
    /// Of whatever asked for it; nil when that was not traced.
    let trace: TraceID?
    package let state: State
    /// Attempts that were begun, with the one that runs.
    package let attempts: Int
    /// Its turn while it waits, the end of its worker's lease while it runs; nil for a dead one.
    package let dueAt: Instant?
    /// The type of the error that ended the last attempt. Its text stays in the log.
    package let lastError: String?
    package let recordedAt: Instant
    package let endedAt: Instant?

    func allows(_ action: Action) -> Bool { state == .dead }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.jobsWrite) ? Action.allCases.filter(allows) : []
    }

    func require(_ action: Action) throws {
        guard allows(action) else {
            throw PlatformProblem.jobAlive.with(
                detail: "The job is \(state.rawValue): only a dead one takes \(action.rawValue).")
        }
    }
}

/// Thrown by a job that is not to be done now, through no fault of its own: it waits, and the attempt does
/// not count.
package struct JobPostponed: Error {
    package let until: Instant

    package init(until: Instant) {
        self.until = until
    }
}

/// How jobs of one kind are done.
package struct JobDefinition: Sendable {
    package let kind: String
    /// So often a job is begun before it is given up.
    package let attempts: Int
    /// Does the job under the tenant of `scope`. It may run again after it was done, when the process was
    /// lost before that could be written; whoever cannot bear that writes what was done in one transaction
    /// with a mark. Throws to be tried again later.
    package let run: @Sendable (_ scope: TenantScope, _ payload: JSONText) async throws -> Void
    /// Writes what follows from giving up, in the transaction that does so.
    package let giveUp: @Sendable (_ tx: Transaction, _ payload: JSONText) async throws -> Void

    package init(
        _ kind: String, attempts: Int = 8,
        run: @escaping @Sendable (_ scope: TenantScope, _ payload: JSONText) async throws -> Void,
        giveUp: @escaping @Sendable (_ tx: Transaction, _ payload: JSONText) async throws -> Void = { _, _ in
        }
    ) {
        self.kind = kind
        self.attempts = attempts
        self.run = run
        self.giveUp = giveUp
    }

    /// How long to wait before the attempt after `attempts`, in seconds: 10, 40, 160 and so on up to an hour,
    /// each by chance up to half as much again, so that what failed together does not come back together.
    package static func pause(after attempts: Int) -> Int64 {
        let seconds = attempts >= 6 ? 3600 : Int64(10) << (2 * Int64(max(0, attempts - 1)))
        return min(3600, seconds) + Int64.random(in: 0...min(1800, seconds / 2))
    }
}

extension Permission {
    static let jobsRead = Permission("jobs", .read)
    static let jobsWrite = Permission("jobs", .write)
}
