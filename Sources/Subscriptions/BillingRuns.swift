import Kernel
import Logging
import Postgres
import ServiceLifecycle

/// Billing runs that the API asked for. The row is the queue: any server process takes it, and takes it again
/// when the one that had it died, because a run that is repeated bills nothing twice.
package struct BillingRuns: Service {
    private let database: Database
    private let system: SystemDatabase
    private let billing: Billing
    private let clock: RealClock
    private let logger: Logger

    /// A run that has not reported for so long has lost its process.
    static let lostAfterSeconds: Int64 = 60
    private static let pollTime = Duration.seconds(1)

    init(database: Database, system: SystemDatabase, billing: Billing, clock: RealClock, logger: Logger) {
        self.database = database
        self.system = system
        self.billing = billing
        self.clock = clock
        self.logger = logger
    }

    /// Queues a run. Throws `billingBusy` while one of the tenant is waiting.
    func ask(asOf: Day?, isDryRun: Bool, by actor: Actor) async throws -> QueuedRun {
        let days = try await billing.days(of: BillingRequest(scope: actor.scope, asOf: asOf))
        let run = QueuedRun(
            id: .new(), asOf: days.asOf, issuedOn: days.today, isDryRun: isDryRun, state: .queued,
            report: BillingReport(), startedAt: clock.now(), finishedAt: nil)
        try await database.write(actor.scope) { tx in try await run.insert(in: tx) }
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

    /// Takes waiting runs, one at a time, until the server drains.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await !runNext() { try await Task.sleep(for: BillingRuns.pollTime) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("a billing run stopped", metadata: ["error": "\(String(reflecting: error))"])
                    try? await Task.sleep(for: BillingRuns.pollTime)
                }
            }
        }
    }

    /// Runs the oldest waiting run. False when there is none.
    package func runNext() async throws -> Bool {
        let lostBefore = clock.now().adding(seconds: -BillingRuns.lostAfterSeconds)
        for head in try await QueuedRun.waiting(lostBefore: lostBefore, in: system) {
            let scope = TenantScope(head.tenant)
            let taken = try await database.write(scope) { tx in
                try await QueuedRun.take(head.id, lostBefore: lostBefore, now: clock.now(), in: tx)
            }
            guard let taken else { continue }
            try await finish(taken, scope)
            return true
        }
        return false
    }

    private func finish(_ run: QueuedRun, _ scope: TenantScope) async throws {
        let request = BillingRequest(scope: scope, asOf: run.asOf, isDryRun: run.isDryRun)
        do {
            let report = try await billing.run(request) { report in
                // A missed heartbeat is made up by the next; the run itself must not fail for it.
                try? await database.write(scope) { tx in
                    try await QueuedRun.beat(run.id, run.report(with: report), now: clock.now(), in: tx)
                }
            }
            try await end(run, .finished, run.report(with: report), scope)
        } catch let error where !(error is CancellationError) {
            try await end(run, .failed, nil, scope)
            throw error
        }
    }

    /// In an outage it waits: a run whose end is not written would be taken again for nothing.
    private func end(
        _ run: QueuedRun, _ state: QueuedRun.State, _ report: BillingReport?, _ scope: TenantScope
    ) async throws {
        try await Outage.outlasted {
            try await database.write(scope) { tx in
                try await QueuedRun.end(run.id, state, report, now: clock.now(), in: tx)
            }
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
