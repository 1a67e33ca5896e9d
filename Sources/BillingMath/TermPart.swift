import Foundation
import Kernel

/// The part of a term that an amount stands for, as explanations tell it.
struct TermPart {
    let part: DaySpan
    let whole: DaySpan
    /// What all of it costs.
    let wholeMinor: Int64
    let rule: Proration
    let zone: TimeZone

    /// Nil for a term that is billed whole.
    init?(_ billed: Term, of item: DueItem, at wholeMinor: Int64, in zone: TimeZone) {
        guard item.span.mayCutTerms, let whole = item.schedule.term(billed.number)?.days,
            let part = billed.days, part != whole
        else { return nil }
        self.init(part: part, whole: whole, wholeMinor: wholeMinor, rule: item.proration, zone: zone)
    }

    init(part: DaySpan, whole: DaySpan, wholeMinor: Int64, rule: Proration, zone: TimeZone) {
        self.part = part
        self.whole = whole
        self.wholeMinor = wholeMinor
        self.rule = rule
        self.zone = zone
    }

    /// Bytes that `write` takes at most: texts of 128-bit fractions among them.
    static let longestJSON = 1024

    func write(into json: inout JSONBytes, as amountMinor: Int64, in currency: Currency) {
        json.string("unit", rule.unit.rawValue)
        json.string("change_day", rule.changeDay.rawValue)
        json.string("rounding", rule.rounding.rawValue)
        json.string("zone", zone.identifier)
        json.day("start", part.start)
        // The first day that is no longer paid for.
        json.day("end", part.end)
        json.day("whole_start", whole.start)
        json.day("whole_end", whole.end)
        json.string("fraction", units(from: part.start, to: part.end))
        json.money("whole_amount", wholeMinor, currency)
        json.string("arithmetic", arithmetic(amountMinor, in: currency))
    }

    /// `31.00 * 12/31 = 12.00`, or `19.99 * 12/31 = 5997/775, rounded 7.74`. A part that ends before its term
    /// is what was left at its start less what is left at its end, each rounded: so do the parts of any split
    /// add up to the whole.
    private func arithmetic(_ amountMinor: Int64, in currency: Currency) -> String {
        let start = rest(from: part.start, in: currency)
        guard part.end < whole.end else { return start.text }
        let end = rest(from: part.end, in: currency)
        let amount = Money(amountMinor, currency).decimal
        return "\(start.text); \(end.text); \(start.rounded) - \(end.rounded) = \(amount)"
    }

    private func rest(from day: Day, in currency: Currency) -> (text: String, rounded: String) {
        let product = "\(Money(wholeMinor, currency).decimal) * \(units(from: day, to: whole.end))"
        guard let span = DaySpan(day, whole.end),
            let exact = try? Fraction(wholeMinor, of: currency) * rule.fraction(span, of: whole, in: zone),
            let minor = try? rule.part(span, of: whole, at: wholeMinor, in: zone)
        else { return (product, "") }
        let rounded = Money(minor, currency).decimal
        if exact == Fraction(minor, of: currency) { return ("\(product) = \(rounded)", rounded) }
        return ("\(product) = \(exact), rounded \(rounded)", rounded)
    }

    /// Not in lowest terms: people count 10 of 30 days, not a third of a month.
    private func units(from start: Day, to end: Day) -> String {
        let all = rule.units(from: whole.start, to: whole.end, in: zone)
        return "\(rule.units(from: start, to: end, in: zone))/\(all)"
    }
}

extension ScheduleSpan {
    /// Whether any of its terms can be a part of a whole one.
    fileprivate var mayCutTerms: Bool { startsOn > schedule.anchor || endsOn != nil }
}
