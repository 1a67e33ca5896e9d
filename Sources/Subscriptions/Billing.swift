import Catalog
import Invoicing
package import Kernel
import Logging
import Platform
import Postgres
import Tax
import Tenancy

/// The billing run: what `mpanel bill`, the API and the daily automation call.
package struct Billing: Sendable {
    private let database: Database
    private let tenants: Tenants
    private let taxBooks: TaxBooks
    private let clock: RealClock
    private let logger: Logger
    /// What the runs of this process did.
    package let counts = BillingCounts()

    init(database: Database, tenants: Tenants, taxBooks: TaxBooks, clock: RealClock, logger: Logger) {
        self.database = database
        self.tenants = tenants
        self.taxBooks = taxBooks
        self.clock = clock
        self.logger = logger
    }

    /// The days of a run before it is made: which terms, and which date on the invoices.
    package struct Days: Sendable, Hashable {
        package let today: Day
        package let asOf: Day

        /// Terms that have not begun are billed too.
        package var isAhead: Bool { asOf > today }
    }

    package func days(of request: BillingRequest) async throws -> Days {
        try await database.read(request.scope) { tx in try await days(asOf: request.asOf, in: tx) }
    }

    func days(asOf: Day?, in tx: Transaction) async throws -> Days {
        let today = try await tenants.calendar(in: tx).today
        return Days(today: today, asOf: try day(asked: asOf, today: today))
    }

    /// Bills everything that is due and returns what was done. Running it again, at once or elsewhere at the
    /// same time, bills nothing twice. `progress` hears the sum so far after each chunk; when it throws, no
    /// further chunk is begun, those under way are finished and told, and the error is thrown.
    package func run(
        _ request: BillingRequest, progress: @Sendable (BillingReport) async throws -> Void = { _ in }
    ) async throws -> BillingReport {
        try await counts.counting(isDryRun: request.isDryRun) {
            let context = try await begin(request)
            let run = BillingRun(
                database: database, context: context, workers: request.workers, logger: logger)
            var report = try await run.run(progress)
            (report.skipped, report.quarantined) = try await Outage.outlasted { try await end(context) }
            return report
        }
    }

    /// Runs for many tenants, some at once. One tenant's failure stops none of the others. The results are in
    /// the order of the requests.
    package func runAll(
        _ requests: [BillingRequest],
        progress: @escaping @Sendable (TenantID, BillingReport) async -> Void = { _, _ in }
    ) async throws -> [Result<BillingReport, any Error>] {
        try await withThrowingTaskGroup(of: TenantRun.self) { group in
            // Two more than can work: a small tenant spends much of its time waiting for commits.
            let atOnce = (requests.first?.workers ?? 0) + 2
            var finished: [TenantID: Result<BillingReport, any Error>] = [:]
            for (index, request) in requests.enumerated() {
                let tenant = request.scope.tenant
                if index >= atOnce, let run = try await group.next() { finished[run.tenant] = run.result }
                group.addTask {
                    do {
                        let report = try await run(request) { await progress(tenant, $0) }
                        return TenantRun(tenant: tenant, result: .success(report))
                    } catch let error where !(error is CancellationError) {
                        return TenantRun(tenant: tenant, result: .failure(error))
                    }
                }
            }
            while let run = try await group.next() { finished[run.tenant] = run.result }
            return requests.compactMap { finished[$0.scope.tenant] }
        }
    }

    private struct TenantRun: Sendable {
        let tenant: TenantID
        let result: Result<BillingReport, any Error>
    }

    private func day(asked: Day?, today: Day) throws -> Day {
        guard let asked else { return today }
        let horizon = BillingGuards.horizon(from: today)
        if asked > horizon {
            throw Problem.invalid.with(errors: [
                FieldError(
                    "/as_of", "must be at most \(BillingGuards.horizonMonths) months ahead, \(horizon)")
            ])
        }
        return asked
    }

    /// What the calendar does after a run. Returns how many subscriptions their state kept from being billed,
    /// and how many items are in quarantine.
    private func end(_ context: BillingContext) async throws -> (skipped: Int, quarantined: Int) {
        try await database.write(context.scope) { tx in
            if !context.isDryRun {
                let calendar = context.basis.calendar
                let renewals = RenewalWindow(calendar.today, calendar.settings)
                try await Subscription.endDue(on: calendar.today, in: tx, at: clock.now())
                try await Subscription.lapseDue(renewals, in: tx, at: clock.now())
                try await Subscription.offerDue(renewals, in: tx, at: clock.now())
            }
            return (
                try await DueSchedule.countSkipped(in: context.window, tx),
                try await QuarantinedItem.count(in: tx)
            )
        }
    }

    func basis(
        asOf: Day, _ calendar: TenantCalendar, begunOn: Day? = nil, in tx: Transaction
    ) async throws -> BillingBasis {
        BillingBasis(
            calendar: calendar, taxBook: try await taxBooks.open(calendar.settings, in: tx),
            window: DueWindow(asOf: asOf, today: calendar.today, calendar.settings, begunOn: begunOn))
    }

    private func begin(_ request: BillingRequest) async throws -> BillingContext {
        try await database.write(request.scope) { tx in
            let calendar = try await tenants.calendar(in: tx)
            if !request.isDryRun {
                try await ScheduledPriceChange.beginDue(on: calendar.today, in: tx, at: clock.now())
                try await Subscription.beginDue(on: calendar.today, in: tx, at: clock.now())
            }
            let context = try await context(of: request, calendar, in: tx)
            if let asker = request.askedBy, !request.isDryRun {
                try await Commands.record(
                    "startBillingRun", by: Actor(asker, role: .owner, scope: request.scope),
                    BillingBegun(asOf: context.window.asOf, issuedOn: calendar.today), in: tx,
                    at: clock.now())
            }
            return context
        }
    }

    /// What holds for all that is billed by this request, as it is now.
    func context(
        of request: BillingRequest, _ calendar: TenantCalendar, in tx: Transaction
    ) async throws -> BillingContext {
        let asOf = try day(asked: request.asOf, today: calendar.today)
        return BillingContext(
            scope: request.scope,
            basis: try await basis(
                asOf: asOf, calendar, begunOn: request.isDryRun ? calendar.today : nil, in: tx),
            seller: try await Sellers.snapshot(in: tx, calendar), isDryRun: request.isDryRun,
            recordedAt: clock.now())
    }
}
