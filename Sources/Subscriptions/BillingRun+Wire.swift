import Kernel
import Web

struct RunPath: Codable, Sendable {
    let id: RunID
}

struct RunsQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct NewRun: Codable, Sendable {
    /// Selects the terms; the tenant's today unless told. The issue date is always the tenant's today.
    let asOf: Day?
    let dryRun: Bool?
}

struct RunBody: Codable, Sendable {
    let id: RunID
    let asOf: Day
    let issuedOn: Day
    /// Terms that had not begun when the run was asked for are billed too.
    let isAhead: Bool
    let isDryRun: Bool
    let state: QueuedRun.State
    let totals: [String: CurrencyTotals]
    let skipped: Int
    /// Items in quarantine when the run ended; 0 until then.
    let quarantined: Int
    let failed: [BillingFailure]
    let startedAt: Instant
    let finishedAt: Instant?
}

extension RunBody {
    init(_ run: QueuedRun) {
        self.init(
            id: run.id, asOf: run.asOf, issuedOn: run.issuedOn, isAhead: run.asOf > run.issuedOn,
            isDryRun: run.isDryRun, state: run.state, totals: run.report.totals, skipped: run.report.skipped,
            quarantined: run.report.quarantined, failed: run.report.failed, startedAt: run.startedAt,
            finishedAt: run.finishedAt)
    }
}
