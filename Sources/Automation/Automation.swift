package import Kernel
package import Logging
package import Platform
package import Postgres
package import Tenancy
package import Web

/// The front door of the automation: what MPanel does for each tenant each day by itself, what stops it, and
/// the days of a sandbox, which come by its own clock.
package struct Automation: Sendable {
    package let runs: AutomationRuns
    package let scheduler: AutomationScheduler
    let database: Database
    private let tenants: Tenants
    private let clock: RealClock

    /// `steps` are done in this order.
    package init(
        _ steps: [AutomationStep], stores: (database: Database, system: SystemDatabase), tenants: Tenants,
        clock: RealClock, logger: Logger
    ) {
        database = stores.database
        self.tenants = tenants
        self.clock = clock
        runs = AutomationRuns(database: stores.database, tenants: tenants, steps: steps, clock: clock)
        scheduler = AutomationScheduler(
            database: stores.database, system: stores.system, tenants: tenants, runs: runs, clock: clock,
            logger: logger)
    }

    package var endpoints: [Endpoint] {
        automationEndpoints + sandboxEndpoints
    }

    package var jobs: [JobDefinition] {
        [runs.job]
    }

    /// How the automation of a tenant stands.
    package struct Status: Sendable {
        package let settings: AutomationTime.Settings
        /// Those that hold.
        package let stops: [AutomationStop]
        /// Nil for a sandbox, and while it is stopped.
        package let next: AutomationTime?
        package let last: RunWithSteps?
    }

    package func status(_ scope: TenantScope) async throws -> Status {
        try await database.read(scope) { tx in try await status(in: tx) }
    }

    func status(in tx: Transaction) async throws -> Status {
        let settings = try await tenants.calendar(in: tx).settings
        let stops = try await AutomationStop.holding(in: tx)
        let schedule = try await AutomationSchedule.find(in: tx)
        return Status(
            settings: .init(settings), stops: stops,
            next: schedule.flatMap {
                $0.isSandbox || !stops.isEmpty ? nil : $0.next(by: settings, now: clock.now())
            },
            last: try await runs.last(in: tx))
    }
}
