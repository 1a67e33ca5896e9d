import Customers
import Kernel
import Logging
import Postgres

/// One run over one tenant: all due terms, in chunks of one transaction each, by parallel workers.
///
/// It can be killed at any point and run again, and any number of runs may work at once: what a chunk bills
/// is claimed, written and marked in one transaction, so a term is billed by one of them and never twice.
struct BillingRun: Sendable {
    let database: Database
    let context: BillingContext
    let workers: Int
    let logger: Logger

    /// About so many due schedules make a chunk: large enough that the commit does not count, small enough
    /// that workers share evenly and a lost chunk is soon done again.
    static let chunkSize = 400
    /// So many due schedules are read ahead at a time.
    static let pageSize = 20 * chunkSize
    /// How often a pass is repeated, and how long apart, for customers that another worker holds.
    private static let waits = 100
    private static let waitTime = Duration.milliseconds(100)

    /// Runs until nothing is due that can be billed, and returns the sum of it, without what was skipped.
    /// `progress` hears of it after each chunk; what it throws ends the run.
    func run(_ progress: @Sendable (BillingReport) async throws -> Void) async throws -> BillingReport {
        var report = BillingReport()
        var waited = 0
        while true {
            let pass = try await pass(into: &report, progress)
            if context.isDryRun || pass.isComplete { break }
            if pass.billedNothing {
                if waited == BillingRun.waits { break }
                waited += 1
                try await Task.sleep(for: BillingRun.waitTime)
            }
        }
        return report
    }

    /// Once over everything that is due.
    private func pass(
        into report: inout BillingReport, _ progress: @Sendable (BillingReport) async throws -> Void
    ) async throws -> ChunkOutcome {
        var sum = ChunkOutcome()
        var halt: (any Error)?
        var feed = DueFeed(database: database, context: context)
        try await withThrowingTaskGroup(of: ChunkOutcome.self) { group in
            var running = 0
            var isExhausted = false
            while !isExhausted || running > 0 {
                if !isExhausted, running < workers {
                    if let customers = try await feed.next() {
                        group.addTask { try await bill(customers) }
                        running += 1
                    } else {
                        isExhausted = true
                    }
                } else if let outcome = try await group.next() {
                    running -= 1
                    report.add(outcome)
                    sum.merge(outcome)
                    do {
                        try await progress(report)
                    } catch {
                        // What is under way is finished, so that all that was billed is told.
                        halt = error
                        isExhausted = true
                    }
                }
            }
        }
        if let halt { throw halt }
        return sum
    }

    /// One chunk, whatever happens to it: an outage is waited out, and rows that the database refuses are
    /// cornered by halving, so that one bad subscription never stops the others.
    private func bill(_ customers: [CustomerID]) async throws -> ChunkOutcome {
        let chunk = BillingChunk(context: context, customers: customers)
        do {
            return try await Outage.waitedOut { witness in
                try await attempt(chunk, after: witness)
            }
        } catch let error where BillingRun.isRefusal(error) {
            if customers.count == 1 { return try await refusal(of: customers[0], error) }
            let middle = customers.count / 2
            var outcome = try await bill(Array(customers[..<middle]))
            outcome.merge(try await bill(Array(customers[middle...])))
            return outcome
        }
    }

    /// `earlier` is the outcome of an attempt whose commit was never answered: if its invoices are there, it
    /// is the answer.
    private func attempt(_ chunk: BillingChunk, after earlier: ChunkOutcome?) async throws -> ChunkOutcome {
        if let earlier, try await database.read(context.scope, { try await earlier.isCommitted(in: $0) }) {
            return earlier
        }
        let planned = Box<ChunkOutcome?>(nil)
        do {
            return try await database.write(context.scope) { tx in
                let outcome = try await chunk.bill(in: tx)
                planned.value = outcome
                return outcome
            }
        } catch let error as PostgresError where error == .commitUnknown {
            throw UnansweredCommit(outcome: planned.value)
        }
    }

    private func refusal(of customer: CustomerID, _ error: any Error) async throws -> ChunkOutcome {
        logger.error(
            "a customer could not be billed",
            metadata: [
                "customer": "\(customer)", "error": "\(String(reflecting: error))",
            ])
        var outcome = ChunkOutcome(unclaimed: 0)
        outcome.failures = try await database.read(context.scope) { tx in
            try await DueSchedule.failures(of: customer, in: context.window, tx)
        }.map { FailedItem($0, refusedFor: error) }
        if !context.isDryRun, !BillingRun.passes(error) {
            try await quarantine(outcome.failures, of: customer)
        }
        return outcome
    }

    /// In a transaction of its own, because the one that billed them is lost. Those that another run billed
    /// or brought there meanwhile are left out.
    private func quarantine(_ failed: [FailedItem], of customer: CustomerID) async throws {
        do {
            try await Outage.outlasted {
                try await database.write(context.scope) { tx in
                    try await Customer.hold(theOneOf: "\(customer)", in: tx)
                    try await QuarantinedItem.insert(failed, under: context, in: tx)
                }
            }
        } catch let error where BillingRun.isRefusal(error) {
            // The run goes on; the next one tries these items again.
            logger.error(
                "a customer's items could not be quarantined",
                metadata: ["customer": "\(customer)", "error": "\(String(reflecting: error))"])
        }
    }

    /// Nothing is wrong with the rows: others were in the way, and the next run may find them gone.
    static func passes(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isBusy ?? false
    }

    /// Errors that come from the rows themselves and would come again.
    static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case is BillingFault, is MoneyError, is ColumnError: true
        case let error as PostgresError: !error.isCancelled && !Outage.isOutage(error)
        default: false
        }
    }
}

extension BillingReport {
    mutating func add(_ outcome: ChunkOutcome) {
        for (currency, more) in outcome.totals { totals[currency.code, default: CurrencyTotals()] += more }
        for failed in outcome.failures { add(failed.failure) }
    }
}
