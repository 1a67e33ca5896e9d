package import Kernel

/// One part of the daily automation. A capability gives it to the composition root, where the order of all is
/// decided: what others build on comes first, mail last, so that no failure to mail stops billing.
package struct AutomationStep: Sendable {
    /// `billing`. It stands in rows and in the API, and never changes.
    package let name: String
    /// Does what is due on the day of the run, and returns what became of it. After a failure, a stop or a
    /// lost process it goes on from its last checkpoint, and does again what it did behind that: an item that
    /// is done already must come to nothing. An item that cannot be done is counted and left out; throws when
    /// the whole step is to be tried again later.
    package let run: @Sendable (_ hand: StepInHand) async throws -> StepProgress

    package init(
        _ name: String, run: @escaping @Sendable (_ hand: StepInHand) async throws -> StepProgress
    ) {
        self.name = name
        self.run = run
    }
}

/// A step of one run, while a worker has it in hand.
package struct StepInHand: Sendable {
    package let scope: TenantScope
    package let run: AutomationRunID
    /// Selects what is due: everything up to and with this day, so that days without a run are made up for.
    package let day: Day
    /// What the last checkpoint kept.
    package let progress: StepProgress
    let keep: @Sendable (StepProgress) async throws -> Void

    /// Keeps how far the step is: between two items, or two transactions of some. Throws `JobPostponed` when
    /// the automation was stopped; the step then ends, and goes on when the stop is lifted.
    package func checkpoint(_ progress: StepProgress) async throws {
        try await keep(progress)
    }
}

/// How far a step is and what it did, over all attempts.
package struct StepProgress: Sendable, Hashable {
    /// Where it goes on, in the step's own words; nil at its start.
    package var cursor: String?
    package var itemsDone = 0
    /// Items that were left out.
    package var itemsFailed = 0
    package var result = StepResult()

    package init() {}
}

/// What people are told of a step.
package struct StepResult: Sendable, Hashable, Codable {
    /// `invoices`: 12.
    package var counts: [String: Int] = [:]
    /// By currency, then by name; in minor units.
    package var amounts: [String: [String: Int64]] = [:]
}
