package import Foundation
package import Kernel

/// What part of a term a change leaves, and what that is worth.
///
/// By default whole days are counted in the tenant's time zone, over the whole term; a start is part of what
/// it begins and an end is not; the day of a change belongs to what follows; credited is what was charged,
/// less what was credited before, and each amount is rounded once.
package struct Proration: Hashable, Sendable {
    package enum Unit: String, Codable, Sendable, CaseIterable {
        case day
        /// As clocks show: the day on which they go forward has 82,800.
        case second
        /// Every month has 30 days, and its last is the 30th (30E/360 of ISDA 2006 section 4.16(h)).
        case fixed30 = "fixed_30"
    }

    /// To whom the day of a change belongs.
    package enum ChangeDay: String, Codable, Sendable, CaseIterable {
        /// What follows: the new plan, or nobody after a cancellation. It is credited.
        case following
        /// What was before: it is paid for.
        case preceding
    }

    package let unit: Unit
    package let changeDay: ChangeDay
    package let rounding: Rounding

    package init(unit: Unit = .day, changeDay: ChangeDay = .following, rounding: Rounding = .halfUp) {
        self.unit = unit
        self.changeDay = changeDay
        self.rounding = rounding
    }

    /// How many units of a term a change leaves, and of how many.
    package struct Rest: Hashable, Sendable {
        package let unused: Int64
        package let whole: Int64
        /// The first day that is not used.
        package let from: Day

        package var used: Int64 { whole - unused }
        /// From 0 to 1.
        package var fraction: Fraction { Fraction(Int128(unused), over: Int128(whole)) }
    }

    /// What was charged for the whole of a term, and what of it was given back before.
    package struct Charged: Hashable, Sendable {
        package let amountMinor: Int64
        package let creditedMinor: Int64

        package init(_ amountMinor: Int64, creditedMinor: Int64 = 0) {
            self.amountMinor = amountMinor
            self.creditedMinor = creditedMinor
        }
    }

    /// Of the term from `start` to, but not including, `end`. A change before it leaves all, one after it
    /// nothing. Nil when the term has no unit: its end is not after its start, or it lies within the last
    /// days of a month, which are one day by `fixed30`.
    package func rest(of start: Day, to end: Day, changedOn day: Day, in zone: TimeZone) -> Rest? {
        let boundary = changeDay == .preceding ? day.adding(days: 1) : day
        let from = min(max(boundary, start), end)
        let whole = units(from: start, to: end, in: zone)
        guard whole > 0 else { return nil }
        return Rest(unused: units(from: from, to: end, in: zone), whole: whole, from: from)
    }

    /// The same by seconds, where the change is a moment. It may fall on any second of the term.
    package func rest(of start: Day, to end: Day, changedAt moment: Instant, in zone: TimeZone) -> Rest? {
        guard unit == .second, changeDay == .following else {
            return rest(of: start, to: end, changedOn: Day(of: moment, in: zone), in: zone)
        }
        let (first, last) = (Instant(start, hour: 0, in: zone), Instant(end, hour: 0, in: zone))
        let from = min(max(moment, first), last)
        let whole = last.unixSeconds - first.unixSeconds
        guard whole > 0 else { return nil }
        return Rest(
            unused: last.unixSeconds - from.unixSeconds, whole: whole, from: Day(of: from, in: zone))
    }

    /// How much of `whole` a part of it is, by its units; nothing of what has none.
    package func fraction(_ part: DaySpan, of whole: DaySpan, in zone: TimeZone) -> Fraction {
        let all = units(from: whole.start, to: whole.end, in: zone)
        guard all > 0 else { return .zero }
        return Fraction(Int128(units(from: part.start, to: part.end, in: zone)), over: Int128(all))
    }

    /// What a part of `whole` costs when all of it costs `amountMinor`: what is left from the part's start on
    /// less what is left from its end on, each rounded once. So the parts of every split add up to the whole,
    /// and what reaches to its end, as the rest of a term does, is simply rounded.
    ///
    /// 1.00 in thirds, from the end: 0.33, then 0.67 − 0.33 = 0.34, then 1.00 − 0.67 = 0.33.
    package func part(
        _ part: DaySpan, of whole: DaySpan, at amountMinor: Int64, in zone: TimeZone
    ) throws(MoneyError) -> Int64 {
        func left(from day: Day) throws(MoneyError) -> Int64 {
            guard let rest = DaySpan(day, whole.end) else { return 0 }
            let exact = try fraction(rest, of: whole, in: zone) * Fraction(Int128(amountMinor), over: 1)
            let left = rounding.divide(exact.numerator, by: exact.denominator)
            guard let left = Int64(exactly: left) else { throw .overflow }
            return left
        }
        let (cost, overflow) = try left(from: part.start).subtractingReportingOverflow(left(from: part.end))
        if overflow { throw .overflow }
        return cost
    }

    func units(from start: Day, to end: Day, in zone: TimeZone) -> Int64 {
        switch unit {
        case .day: return Int64(start.days(until: end))
        case .fixed30: return Int64(end.in30DayMonths - start.in30DayMonths)
        case .second:
            return Instant(end, hour: 0, in: zone).unixSeconds
                - Instant(start, hour: 0, in: zone).unixSeconds
        }
    }

    /// What the rest of a term at `amountMinor` costs, exactly in whole units of the currency.
    package func exact(
        _ amountMinor: Int64, of currency: Currency, for rest: Rest
    ) throws(MoneyError) -> Fraction {
        try Fraction(amountMinor, of: currency) * rest.fraction
    }

    /// 31.00 EUR for 31 days, 12 of them unused: 12.00 EUR.
    package func charge(
        _ amountMinor: Int64, of currency: Currency, for rest: Rest
    ) throws(MoneyError) -> Int64 {
        try exact(amountMinor, of: currency, for: rest).minor(of: currency, rounding)
    }

    /// What of `basisMinor` is given back, as a positive amount: never more than was charged and not yet
    /// credited, whatever the basis.
    package func credit(
        _ basisMinor: Int64, of currency: Currency, for rest: Rest, from charged: Charged
    ) throws(MoneyError) -> Int64 {
        let (left, overflow) = charged.amountMinor.subtractingReportingOverflow(charged.creditedMinor)
        if overflow { throw .overflow }
        return max(0, min(try charge(basisMinor, of: currency, for: rest), left))
    }
}

extension Day {
    /// Days since the year 0 when every month had 30. Differences add up: no split of a term gains or loses.
    fileprivate var in30DayMonths: Int {
        let (year, month, day) = civil
        let isLast = day == Day.lengthOfMonth(month, in: year)
        return year * 360 + month * 30 + (isLast ? 30 : min(day, 30))
    }
}
