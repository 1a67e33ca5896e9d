import Automation
import Foundation
import Kernel
import Platform
import Postgres

/// Billing runs that the API asked for: what was asked and how far it is stands in a row, and a job does it.
/// A run that is repeated bills nothing twice, so any worker may take it over from one that died.
package struct BillingRuns: Sendable {
    private let database: Database
    private let billing: Billing
    private let clock: RealClock

    init(database: Database, billing: Billing, clock: RealClock) {
        self.database = database
        self.billing = billing
        self.clock = clock
    }

    /// Queues a run. Throws `billingBusy` while one of the tenant is waiting.
    func ask(asOf: Day?, isDryRun: Bool, in change: Change) async throws -> QueuedRun {
        let days = try await billing.days(asOf: asOf, in: change.tx)
        let run = QueuedRun(
            id: .new(), asOf: days.asOf, issuedOn: days.today, isDryRun: isDryRun, state: .queued,
            report: BillingReport(), startedAt: change.now, finishedAt: nil)
        try await run.insert(in: change.tx)
        try await Job.ask(
            for: BillingRuns.jobKind, JSONText(encoding: RunToDo(run: run.id.uuid)), in: change.tx,
            at: change.now)
        return run
    }

    func read(_ id: RunID, _ scope: TenantScope) async throws -> QueuedRun {
        try await database.read(scope) { tx in
            guard let run = try await QueuedRun.find(id, in: tx) else { throw Problem.notFound }
            return run
        }
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<QueuedRun> {
        try await database.read(scope) { tx in try await QueuedRun.list(page, in: tx) }
    }

    private static let jobKind = "billing_run"

    /// The payload of the job.
    private struct RunToDo: Codable {
        let run: UUID

        var id: RunID { RunID(run) }
    }

    var job: JobDefinition {
        JobDefinition(BillingRuns.jobKind) { scope, payload in
            try await carryOut(payload.decode(RunToDo.self).id, scope)
        } giveUp: { tx, payload in
            try await QueuedRun.end(
                payload.decode(RunToDo.self).id, .failed, nil, now: clock.now(), in: tx)
        }
    }

    /// `heard` may end it by throwing, as `Billing.run` says.
    private func carryOut(
        _ id: RunID, _ scope: TenantScope, heard: @Sendable (BillingReport) async throws -> Void = { _ in }
    ) async throws {
        let taken = try await database.write(scope) { tx in try await QueuedRun.take(id, in: tx) }
        guard let run = taken else { return }
        let request = BillingRequest(scope: scope, asOf: run.asOf, isDryRun: run.isDryRun)
        let report = try await billing.run(request) { report in
            // Progress that is missed is made up by the next; the run itself must not fail for it.
            let sum = run.report(with: report)
            try? await database.write(scope) { tx in
                try await QueuedRun.report(sum, of: id, now: clock.now(), in: tx)
            }
            try await heard(sum)
        }
        // In an outage it waits: a run whose end is not written would be done again for nothing.
        try await Outage.outlasted {
            try await database.write(scope) { tx in
                try await QueuedRun.end(id, .finished, run.report(with: report), now: clock.now(), in: tx)
            }
        }
    }
}

// Billing as a step of the daily automation.
extension BillingRuns {
    /// Bills the day as a billing run of its own, which people read like those that they asked for.
    var automationStep: AutomationStep {
        AutomationStep("billing") { hand in
            // The same for each attempt, so that all are one billing run.
            let id = RunID(hand.run.uuid)
            try await open(id, hand)
            do {
                try await carryOut(id, hand.scope) { report in
                    try await hand.checkpoint(StepProgress(of: report))
                }
            } catch let error where !(error is JobPostponed) {
                // The next attempt takes it up again; without one, this is how it ended.
                try? await database.write(hand.scope) { tx in
                    try await QueuedRun.end(id, .failed, nil, now: clock.now(), in: tx)
                }
                throw error
            }
            return StepProgress(of: try await read(id, hand.scope).report)
        }
    }

    /// Writes the run at the first attempt, and with it the one entry of the audit log.
    private func open(_ id: RunID, _ hand: StepInHand) async throws {
        try await database.write(hand.scope) { tx in
            if try await QueuedRun.find(id, in: tx) != nil { return }
            let days = try await billing.days(asOf: hand.day, in: tx)
            let now = clock.now()
            let run = QueuedRun(
                id: id, asOf: hand.day, issuedOn: days.today, isDryRun: false, state: .running,
                report: BillingReport(), startedAt: now, finishedAt: nil)
            try await run.insert(in: tx)
            try await Commands.record(
                "startBillingRun", by: Actor(.automation, role: .owner, scope: hand.scope), RunBody(run),
                in: tx, at: now)
        }
    }
}

extension StepProgress {
    fileprivate init(of report: BillingReport) {
        self.init()
        itemsDone = report.lines
        itemsFailed = report.failed.count
        result.counts = [
            "invoices": report.invoices, "lines": report.lines, "skipped": report.skipped,
            "quarantined": report.quarantined,
        ]
        result.amounts = report.totals.mapValues { totals in
            // A sum that no longer fits is left out.
            ["net": totals.net, "tax": totals.tax, "gross": totals.gross].compactMapValues(\.self)
        }
    }
}

/// A billing run as the API shows it.
struct QueuedRun: Sendable {
    enum State: String, Codable, Sendable, CaseIterable {
        case queued, running, finished, failed
    }

    let id: RunID
    let asOf: Day
    let issuedOn: Day
    let isDryRun: Bool
    let state: State
    let report: BillingReport
    let startedAt: Instant
    let finishedAt: Instant?

    /// What was done together: by the process that had the run before and was lost, as far as it reported,
    /// and by this one. A dry run begins anew.
    func report(with more: BillingReport) -> BillingReport {
        if isDryRun { return more }
        var sum = report
        sum.add(more)
        return sum
    }
}
