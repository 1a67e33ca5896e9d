import Kernel
import Logging
import Postgres
import ServiceLifecycle
import Tenancy

/// Begins the daily automation of every tenant whose hour has come. Any number of schedulers may run: the row
/// of a day exists once, whoever writes it.
package struct AutomationScheduler: Service {
    /// A run begins at most so late.
    static let tickTime = Duration.seconds(30)
    private static let pageSize = 200
    /// Tenants at once: each takes a connection for a few milliseconds.
    private static let width = 4

    let database: Database
    let system: SystemDatabase
    let tenants: Tenants
    let runs: AutomationRuns
    let clock: RealClock
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    try await tick()
                } catch {
                    if !Task.isCancelled {
                        logger.error(
                            "schedules cannot be read", metadata: ["error": "\(String(reflecting: error))"])
                    }
                }
                try? await Task.sleep(for: AutomationScheduler.tickTime)
            } while !Task.isCancelled
        }
    }

    /// Looks once at all tenants whose time has come, and returns how many runs it began. A tenant at which
    /// that fails is looked at again by the next tick, and holds up none of the others.
    @discardableResult
    package func tick() async throws -> Int {
        let now = clock.now()
        var begun = 0
        var last: ScheduledTenant?
        repeat {
            let page = try await ScheduledTenant.due(
                after: last, at: now, limit: AutomationScheduler.pageSize, in: system)
            begun += await begin(page)
            last = page.count == AutomationScheduler.pageSize ? page.last : nil
        } while last != nil
        return begun
    }

    private func begin(_ page: [ScheduledTenant]) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            var begun = 0
            for (number, scheduled) in page.enumerated() {
                if number >= AutomationScheduler.width, await group.next() == true { begun += 1 }
                group.addTask { await begin(scheduled.tenant) }
            }
            return await group.reduce(begun) { $0 + ($1 ? 1 : 0) }
        }
    }

    private func begin(_ tenant: TenantID) async -> Bool {
        do {
            return try await database.write(TenantScope(tenant)) { tx in try await begin(in: tx) }
        } catch {
            logger.error(
                "a company's automation could not begin",
                metadata: ["tenant": "\(tenant)", "error": "\(String(reflecting: error))"])
            return false
        }
    }

    /// The day's run, its first job, and when to look again: all of it or nothing.
    private func begin(in tx: Transaction) async throws -> Bool {
        let now = clock.now()
        guard let schedule = try await AutomationSchedule.claim(at: now, in: tx) else { return false }
        if schedule.isSandbox {
            try await AutomationSchedule.look(at: nil, in: tx)
            return false
        }
        if try await !AutomationStop.holding(in: tx).isEmpty {
            // Who lifts the stop has it looked at again.
            try await AutomationSchedule.look(at: nil, in: tx)
            return false
        }
        let settings = try await tenants.calendar(in: tx).settings
        let next = schedule.next(by: settings, now: now)
        guard next.dueAt <= now else {
            try await AutomationSchedule.look(at: next.dueAt, in: tx)
            return false
        }
        _ = try await runs.begin(next.day, at: next.dueAt, hour: settings.automationHour, in: tx)
        let following = AutomationTime(
            of: .init(settings), after: next.day, foundedAt: schedule.foundedAt, now: now)
        try await AutomationSchedule.look(at: following.dueAt, in: tx)
        return true
    }
}

extension AutomationSchedule {
    func next(by settings: TenantSettings, now: Instant) -> AutomationTime {
        AutomationTime(of: .init(settings), after: lastDay, foundedAt: foundedAt, now: now)
    }
}

extension AutomationTime.Settings {
    init(_ settings: TenantSettings) {
        self.init(hour: settings.automationHour, zone: settings.timeZone)
    }
}
