package import Kernel
import Platform
import Postgres
import Tenancy

/// The verbs on runs: begin a day's, do its steps one after the other, show what became of it.
///
/// Each step is a job of its own. Its end, and that the next may begin, are one transaction: whatever is
/// killed or repeated, the chain goes on once.
package struct AutomationRuns: Sendable {
    let database: Database
    let tenants: Tenants
    let steps: [AutomationStep]
    let clock: RealClock

    static let jobKind = "automation_step"
    /// Four pauses between them, of a quarter of an hour together: longer than most troubles, and short
    /// enough for the steps that wait behind.
    private static let attempts = 5
    /// A job of a stopped tenant asks so often whether it may go on, should nobody call.
    private static let stopPollSeconds: Int64 = 60

    package func list(
        _ days: DayRange, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<RunWithSteps> {
        try await database.read(scope) { tx in
            let runs = try await AutomationRun.list(days, page, in: tx)
            let steps = Dictionary(
                grouping: try await RunStep.of(runs.items.map(\.id), in: tx), by: \.run)
            return runs.map { RunWithSteps(run: $0, steps: steps[$0.id] ?? []) }
        }
    }

    func read(_ id: AutomationRunID, _ scope: TenantScope) async throws -> RunWithSteps {
        try await database.read(scope) { tx in
            guard let run = try await AutomationRun.find(id, in: tx) else { throw Problem.notFound }
            return RunWithSteps(run: run, steps: try await RunStep.of([id], in: tx))
        }
    }

    /// The newest.
    func last(in tx: Transaction) async throws -> RunWithSteps? {
        guard let run = try await AutomationRun.list(DayRange(), PageRequest(limit: 1), in: tx).items.first
        else { return nil }
        return RunWithSteps(run: run, steps: try await RunStep.of([run.id], in: tx))
    }

    /// Writes the run of a day and asks for its first step. Returns the day's run, which may have been there.
    func begin(_ day: Day, at dueAt: Instant?, hour: Int, in tx: Transaction) async throws -> AutomationRun {
        let now = clock.now()
        let next = try await AutomationRun.lastDay(before: day, in: tx)?.adding(days: 1)
        let run = AutomationRun(
            id: .new(), day: day, hour: hour, dueAt: dueAt, madeUpFrom: next.flatMap { $0 < day ? $0 : nil },
            state: .waiting, recordedAt: now, startedAt: nil, endedAt: nil)
        guard try await run.insert(in: tx) else {
            guard let known = try await AutomationRun.find(day, in: tx) else { throw Problem.notFound }
            return known
        }
        try await RunStep.insert(steps.map(\.name), of: run.id, in: tx)
        if let first = steps.first { try await ask(for: StepPlace(run: run.id, step: first.name), in: tx) }
        return run
    }

    var job: JobDefinition {
        JobDefinition(AutomationRuns.jobKind, attempts: AutomationRuns.attempts) { scope, payload in
            try await carryOut(payload.decode(), scope)
        } giveUp: { tx, payload in
            let place = try payload.decode(StepPlace.self)
            if try await RunStep.giveUp(place, in: tx, at: clock.now()) { try await goOn(place.run, in: tx) }
        }
    }

    private func carryOut(_ place: StepPlace, _ scope: TenantScope) async throws {
        do {
            guard let hand = try await take(place, scope) else { return }
            guard let step = steps.first(where: { $0.name == place.step }) else { throw UnknownStep() }
            let progress = try await step.run(hand)
            try await database.write(scope) { tx in
                guard try await RunStep.finish(place, progress, in: tx, at: clock.now()) else { return }
                try await goOn(place.run, in: tx)
            }
        } catch {
            // What cannot be written here shows as running until the next attempt.
            let name = error is JobPostponed ? nil : "\(type(of: error))"
            try? await database.write(scope) { tx in
                try await RunStep.pause(place, error: name, in: tx)
            }
            throw error
        }
    }

    private func take(_ place: StepPlace, _ scope: TenantScope) async throws -> StepInHand? {
        try await database.write(scope) { tx in
            guard try await AutomationStop.holding(in: tx).isEmpty else { throw postponed }
            let now = clock.now()
            guard let step = try await RunStep.take(place, in: tx, at: now),
                let run = try await AutomationRun.find(place.run, in: tx)
            else { return nil }
            try await AutomationRun.start(run.id, in: tx, at: now)
            return StepInHand(scope: scope, run: run.id, day: run.day, progress: step.progress) { progress in
                let mayGoOn = try await database.write(scope) { tx in
                    try await RunStep.keep(progress, of: place, in: tx)
                    return try await AutomationStop.holding(in: tx).isEmpty
                }
                if !mayGoOn { throw postponed }
            }
        }
    }

    /// What a job of a stopped tenant comes to.
    private var postponed: JobPostponed {
        JobPostponed(until: clock.now().adding(seconds: AutomationRuns.stopPollSeconds))
    }

    /// What follows when a step has ended: the next one, or the end of the run.
    private func goOn(_ id: AutomationRunID, in tx: Transaction) async throws {
        guard let run = try await AutomationRun.lock(id, in: tx) else { return }
        let steps = try await RunStep.of([id], in: tx)
        // A step that was given up and is tried again by a person may end before a later one.
        if steps.contains(where: { $0.state == .queued || $0.state == .running }) { return }
        if let next = steps.first(where: { $0.state == .waiting }) {
            let place = StepPlace(run: id, step: next.name)
            try await RunStep.queue(place, in: tx)
            return try await ask(for: place, in: tx)
        }
        let state: AutomationRun.State = steps.contains { $0.state == .failed } ? .failed : .finished
        try await AutomationRun.end(id, state, in: tx, at: clock.now())
        try await goOn(afterSandboxDay: run.day, in: tx)
    }

    private func ask(for place: StepPlace, in tx: Transaction) async throws {
        try await Job.ask(
            for: AutomationRuns.jobKind, JSONText(encoding: place), in: tx, at: clock.now())
    }
}

/// A step that this version of MPanel does not have: it waits, as whatever fails, for a newer server.
struct UnknownStep: Error {}
