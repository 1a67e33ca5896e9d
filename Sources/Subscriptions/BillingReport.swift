package import Kernel

/// What a billing run did, or in a dry run would do. Amounts are in minor units.
package struct BillingReport: Sendable, Hashable, Codable {
    package internal(set) var totals: [String: CurrencyTotals] = [:]
    /// Subscriptions with a due term that their state keeps from being billed.
    package internal(set) var skipped = 0
    /// Items that were left out; everything else was billed. At most `failureLimit` of them are kept.
    package internal(set) var failed: [BillingFailure] = []

    static let failureLimit = 10_000

    package init() {}

    package var invoices: Int { totals.values.reduce(0) { $0 + $1.invoices } }
    package var lines: Int { totals.values.reduce(0) { $0 + $1.lines } }
}

/// The sums of one currency.
package struct CurrencyTotals: Sendable, Hashable, Codable {
    package internal(set) var invoices = 0
    package internal(set) var lines = 0
    package internal(set) var net: Int64 = 0
    package internal(set) var tax: Int64 = 0
    package internal(set) var gross: Int64 = 0
}

/// One item that could not be billed, and why.
package struct BillingFailure: Sendable, Hashable, Codable {
    package let subscription: SubscriptionID
    package let reference: String?
    package let item: SubscriptionItemID
    package let customer: CustomerID
    package let reason: Reason

    package enum Reason: String, Codable, Sendable, CaseIterable {
        /// An amount or a sum does not fit into 64 bits.
        case overflow
        /// A due term ends after the last day of the calendar.
        case calendarEnds = "calendar_ends"
        /// The stored interval is none that MPanel knows.
        case unreadableSchedule = "unreadable_schedule"
        /// The database refused the rows; the server's log has the constraint.
        case refused
    }
}

extension BillingReport {
    mutating func add(_ totals: CurrencyTotals, in currency: Currency) throws {
        var sum = self.totals[currency.code] ?? CurrencyTotals()
        sum.invoices += totals.invoices
        sum.lines += totals.lines
        sum.net = try Money(sum.net, currency).adding(totals.net)
        sum.tax = try Money(sum.tax, currency).adding(totals.tax)
        sum.gross = try Money(sum.gross, currency).adding(totals.gross)
        self.totals[currency.code] = sum
    }

    /// The sum of two runs. Throws `MoneyError.overflow`.
    package mutating func add(_ other: BillingReport) throws {
        for (code, totals) in other.totals {
            if let currency = Currency(code) { try add(totals, in: currency) }
        }
        skipped += other.skipped
        for failure in other.failed { add(failure) }
    }

    mutating func add(_ failure: BillingFailure) {
        guard failed.count < BillingReport.failureLimit, !failed.contains(where: { $0.item == failure.item })
        else { return }
        failed.append(failure)
    }
}

extension Money {
    fileprivate func adding(_ amountMinor: Int64) throws -> Int64 {
        try (self + Money(amountMinor, currency)).amountMinor
    }
}
