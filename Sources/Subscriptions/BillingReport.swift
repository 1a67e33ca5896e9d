package import Kernel

/// What a billing run did, or in a dry run would do. Amounts are in minor units.
package struct BillingReport: Sendable, Hashable, Codable {
    package internal(set) var totals: [String: CurrencyTotals] = [:]
    /// Subscriptions with a due term that their state keeps from being billed.
    package internal(set) var skipped = 0
    /// Items in quarantine when the run ended, with those that it brought there. No run tries them.
    package internal(set) var quarantined = 0
    /// Items that were left out; everything else was billed. At most `failureLimit` of them are kept.
    package internal(set) var failed: [BillingFailure] = []

    static let failureLimit = 10_000

    package init() {}

    /// Reports of former versions say nothing of a quarantine.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        totals = try container.decode([String: CurrencyTotals].self, forKey: .totals)
        skipped = try container.decode(Int.self, forKey: .skipped)
        quarantined = try container.decodeIfPresent(Int.self, forKey: .quarantined) ?? 0
        failed = try container.decode([BillingFailure].self, forKey: .failed)
    }

    package var invoices: Int { totals.values.reduce(0) { $0 + $1.invoices } }
    package var lines: Int { totals.values.reduce(0) { $0 + $1.lines } }
}

/// The sums of one currency. An amount that no longer fits into 64 bits is nil: the invoices are made all the
/// same, and a report must neither stop them nor tell a wrong sum.
package struct CurrencyTotals: Sendable, Hashable, Codable {
    package internal(set) var invoices = 0
    package internal(set) var lines = 0
    package internal(set) var net: Int64? = 0
    package internal(set) var tax: Int64? = 0
    package internal(set) var gross: Int64? = 0

    static func += (sum: inout CurrencyTotals, more: CurrencyTotals) {
        sum.invoices += more.invoices
        sum.lines += more.lines
        sum.net = exact(sum.net, more.net)
        sum.tax = exact(sum.tax, more.tax)
        sum.gross = exact(sum.gross, more.gross)
    }

    private static func exact(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left, let right else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : sum
    }
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
        /// More lines of the item would start on one day than the guard lets pass.
        case tooManyLines = "too_many_lines"
    }
}

extension BillingReport {
    /// The sum of two runs.
    package mutating func add(_ other: BillingReport) {
        for (code, more) in other.totals { totals[code, default: CurrencyTotals()] += more }
        skipped += other.skipped
        quarantined += other.quarantined
        for failure in other.failed { add(failure) }
    }

    mutating func add(_ failure: BillingFailure) {
        guard failed.count < BillingReport.failureLimit, !failed.contains(where: { $0.item == failure.item })
        else { return }
        failed.append(failure)
    }
}
