package import Foundation
package import Kernel

/// Compares what is to be billed of a service with what of it is billed, whatever happened between.
///
/// What is wanted and not billed is missing. What is billed and no longer wanted is repaired: credited, from
/// what was charged for it. Nothing is done twice: with the missing and the repairs added to what is billed,
/// the next comparison finds nothing. What is billed of some days is the same whatever changes led there, so
/// a change that is undone nets to exactly zero.
package struct BillingRepair: Hashable, Sendable {
    /// In the order of what is wanted.
    package let missing: [Missing]
    /// In the order of what is billed.
    package let repairs: [Repair]

    /// At which price days are billed. Days of the same rate are the same to the customer.
    package struct Rate: Hashable, Sendable {
        /// What is sold: a price version of an item.
        package let name: String
        package let priceMinor: Int64
        /// The term that the price pays for, of which a line may bill a part.
        package let whole: DaySpan

        package init(name: String, priceMinor: Int64, whole: DaySpan) {
            self.name = name
            self.priceMinor = priceMinor
            self.whole = whole
        }
    }

    package struct Wanted: Hashable, Sendable {
        package let span: DaySpan
        package let rate: Rate

        package init(_ span: DaySpan, at rate: Rate) {
            self.span = span
            self.rate = rate
        }
    }

    package struct Billed: Hashable, Sendable {
        package let span: DaySpan
        package let rate: Rate
        /// What was charged, less discounts.
        package let amountMinor: Int64
        /// What of it was credited before.
        package var credits: [Credit] = []

        package init(_ span: DaySpan, at rate: Rate, amountMinor: Int64) {
            self.span = span
            self.rate = rate
            self.amountMinor = amountMinor
        }

        fileprivate var live: [DaySpan] { span.without(credits.map(\.span)) }
    }

    package struct Credit: Hashable, Sendable {
        package let span: DaySpan
        /// Not negative.
        package let amountMinor: Int64

        package init(_ span: DaySpan, amountMinor: Int64) {
            self.span = span
            self.amountMinor = amountMinor
        }
    }

    /// A line to bill.
    package struct Missing: Hashable, Sendable {
        /// Index of what is wanted.
        package let wanted: Int
        package let span: DaySpan
        /// Of the price of the whole term.
        package let fraction: Fraction
        package let amountMinor: Int64
    }

    /// A credit to give.
    package struct Repair: Hashable, Sendable {
        /// Index of what is billed.
        package let billed: Int
        package let credit: Credit
    }

    /// Beyond which a service is left alone for a person to look at, rather than billed.
    package struct Guards: Hashable, Sendable {
        /// Lines, billed and missing, that start on one day.
        package var linesADay = 15
        /// No line starts after this day.
        package var horizon = Day.last

        package init() {}
    }

    package init(
        of wanted: [Wanted], against billed: [Billed], by rule: Proration, in zone: TimeZone,
        guards: Guards = Guards()
    ) throws(BillingRepairError) {
        try BillingRepair.check(wanted, billed, guards)
        let live = billed.map(\.live)
        // What of each line still stands: of the same rate, and wanted.
        let kept = zip(billed, live).map { line, spans in
            wanted.filter { $0.rate == line.rate }.flatMap { wish in
                spans.compactMap { $0.common(with: wish.span) }
            }
        }
        var missing: [Missing] = []
        for (number, wish) in wanted.enumerated() {
            let covered = zip(billed, kept).filter { $0.0.rate == wish.rate }.flatMap(\.1)
            for span in wish.span.without(covered) {
                missing.append(try Missing(number, wish, span, by: rule, in: zone))
            }
        }
        var repairs: [Repair] = []
        for (number, line) in billed.enumerated() {
            let lost = line.span.without(line.credits.map(\.span) + kept[number])
            repairs += try line.credits(for: lost, by: rule, in: zone).map {
                Repair(billed: number, credit: $0)
            }
        }
        self.missing = missing
        self.repairs = repairs
        try checkLines(billed, guards)
    }

    private static func check(
        _ wanted: [Wanted], _ billed: [Billed], _ guards: Guards
    ) throws(BillingRepairError) {
        if let (first, second) = overlap(wanted.map { [$0.span] }) { throw .wantedTwice(first, second) }
        if let (first, second) = overlap(billed.map(\.live)) { throw .billedTwice(first, second) }
        if let late = wanted.firstIndex(where: { $0.span.start > guards.horizon }) {
            throw .beyondHorizon(wanted: late)
        }
    }

    /// Two of which some days are the same; of those in order only neighbours can be.
    private static func overlap(_ spans: [[DaySpan]]) -> (Int, Int)? {
        let ordered = spans.enumerated().flatMap { number, own in own.map { (number, $0) } }
            .sorted { $0.1.start < $1.1.start }
        for (left, right) in zip(ordered, ordered.dropFirst()) where left.1.overlaps(right.1) {
            return (min(left.0, right.0), max(left.0, right.0))
        }
        return nil
    }

    private func checkLines(_ billed: [Billed], _ guards: Guards) throws(BillingRepairError) {
        var lines: [Day: Int] = [:]
        for line in billed { lines[line.span.start, default: 0] += 1 }
        for line in missing {
            lines[line.span.start, default: 0] += 1
            // Days on which nothing is to be billed now trip nothing.
            if lines[line.span.start, default: 0] > guards.linesADay { throw .tooManyLines(line.span.start) }
        }
    }
}

/// Why a service is left alone. Numbers are indices of what was given.
package enum BillingRepairError: Error, Hashable {
    case wantedTwice(Int, Int)
    case billedTwice(Int, Int)
    case beyondHorizon(wanted: Int)
    case tooManyLines(Day)
    case overflow
}

extension BillingRepair.Rate {
    fileprivate func amount(
        for span: DaySpan, by rule: Proration, in zone: TimeZone
    ) throws(BillingRepairError) -> Int64 {
        do {
            return try rule.part(span, of: whole, at: priceMinor, in: zone)
        } catch {
            throw .overflow
        }
    }
}

extension BillingRepair.Missing {
    fileprivate init(
        _ number: Int, _ wish: BillingRepair.Wanted, _ span: DaySpan, by rule: Proration, in zone: TimeZone
    ) throws(BillingRepairError) {
        wanted = number
        self.span = span
        fraction = rule.fraction(span, of: wish.rate.whole, in: zone)
        amountMinor = try wish.rate.amount(for: span, by: rule, in: zone)
    }
}

extension BillingRepair.Billed {
    /// From what was charged, and never more than is left of it.
    ///
    /// A line at its price gives back what the same days would be billed at. To share out its rounded amount
    /// would round twice, and days that come back would cost a cent more or less. Of a discounted line, whose
    /// amount no price tells, the amount is shared out.
    fileprivate func credits(
        for lost: [DaySpan], by rule: Proration, in zone: TimeZone
    ) throws(BillingRepairError) -> [BillingRepair.Credit] {
        let given = credits.reduce(Int128(0)) { $0 + Int128($1.amountMinor) }
        var left = Int64(max(0, Int128(amountMinor) - given))
        let isAtPrice = try rate.amount(for: span, by: rule, in: zone) == amountMinor
        let charged = BillingRepair.Rate(name: rate.name, priceMinor: amountMinor, whole: span)
        var made: [BillingRepair.Credit] = []
        for part in lost {
            let share = try (isAtPrice ? rate : charged).amount(for: part, by: rule, in: zone)
            let amount = min(max(0, share), left)
            left -= amount
            made.append(BillingRepair.Credit(part, amountMinor: amount))
        }
        return made
    }
}
