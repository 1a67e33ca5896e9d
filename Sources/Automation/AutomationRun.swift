package import Kernel

/// The automation of one day of a tenant. The day has no second one.
package struct AutomationRun: Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case waiting, running, finished
        /// Ended, but one of its steps was given up.
        case failed

        var isEnd: Bool { self == .finished || self == .failed }
    }

    package let id: AutomationRunID
    package let day: Day
    /// The hour of the day at which it was due.
    package let hour: Int
    /// That moment; nil for a sandbox, whose days are not on the real time line.
    package let dueAt: Instant?
    /// The first of the days before this one that had no run, and that this run made up for.
    package let madeUpFrom: Day?
    package let state: State
    package let recordedAt: Instant
    package let startedAt: Instant?
    package let endedAt: Instant?
}

/// What became of one step of a run.
package struct RunStep: Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// For the steps before it.
        case waiting
        /// For a worker, for its next attempt, or for the end of a stop.
        case queued
        case running, finished
        /// Given up; the steps behind it were done all the same.
        case failed
    }

    let run: AutomationRunID
    package let name: String
    package let state: State
    package let progress: StepProgress
    /// The type of the error that ended the last attempt; the server's log has the rest.
    package let lastError: String?
    package let startedAt: Instant?
    package let endedAt: Instant?
}

/// A run with its steps, in their order.
package struct RunWithSteps: Sendable {
    package let run: AutomationRun
    package let steps: [RunStep]
}

extension Permission {
    static let automationRead = Permission("automation", .read)
    static let automationWrite = Permission("automation", .write)
    static let sandboxRead = Permission("sandbox", .read)
    static let sandboxWrite = Permission("sandbox", .write)
}
