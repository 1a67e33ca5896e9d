import Kernel
import Web

struct AutomationRunPath: Codable, Sendable {
    let id: AutomationRunID
}

struct AutomationRunQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    /// The first day shown.
    let from: Day?
    /// The last day shown.
    let to: Day?
}

struct AutomationRunBody: Codable, Sendable {
    let id: AutomationRunID
    let day: Day
    /// The hour of the day at which it was due.
    let hour: Int
    /// That moment; null in a sandbox, whose days come by its own clock.
    let dueAt: Instant?
    /// Days before it that had no run, after an outage or a stop: this run did their work too.
    let madeUpFor: MadeUpDays?
    let state: AutomationRun.State
    let startedAt: Instant?
    let endedAt: Instant?
    let durationMs: Int?
    let steps: [RunStepBody]
}

struct MadeUpDays: Codable, Sendable {
    let from: Day
    let to: Day
}

struct RunStepBody: Codable, Sendable {
    let name: String
    let state: RunStep.State
    let startedAt: Instant?
    let endedAt: Instant?
    let durationMs: Int?
    let itemsDone: Int
    /// Items that were left out.
    let itemsFailed: Int
    /// What it did, by name: invoices, lines.
    let counts: [String: Int]
    /// By currency and name, in minor units.
    let amounts: [String: [String: Int64]]
    /// The type of the error that ended the last attempt; the server's log has the rest.
    let lastError: String?
}

extension AutomationRunBody {
    init(_ whole: RunWithSteps) {
        let run = whole.run
        self.init(
            id: run.id, day: run.day, hour: run.hour, dueAt: run.dueAt,
            madeUpFor: run.madeUpFrom.map { MadeUpDays(from: $0, to: run.day.adding(days: -1)) },
            state: run.state, startedAt: run.startedAt, endedAt: run.endedAt,
            durationMs: Instant.milliseconds(from: run.startedAt, to: run.endedAt),
            steps: whole.steps.map(RunStepBody.init))
    }
}

extension RunStepBody {
    init(_ step: RunStep) {
        self.init(
            name: step.name, state: step.state, startedAt: step.startedAt, endedAt: step.endedAt,
            durationMs: Instant.milliseconds(from: step.startedAt, to: step.endedAt),
            itemsDone: step.progress.itemsDone, itemsFailed: step.progress.itemsFailed,
            counts: step.progress.result.counts, amounts: step.progress.result.amounts,
            lastError: step.lastError)
    }
}

extension Instant {
    /// Nil until both are there.
    fileprivate static func milliseconds(from start: Instant?, to end: Instant?) -> Int? {
        guard let start, let end else { return nil }
        return Int((end.microseconds - start.microseconds) / 1000)
    }
}
