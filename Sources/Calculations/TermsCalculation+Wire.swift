import BillingMath
import Foundation
import Kernel
import Web

/// What a calculation of terms takes: when a service is billed, and a range that the terms touch.
struct TermsInput: CalculationInput {
    /// The first day of the service. Terms are counted from it, unless they are aligned.
    let anchor: Moment
    let interval: Interval
    /// The terms that run on `from` or start later, up to `through`.
    let from: Moment?
    let through: Moment
    /// The first day that the service no longer has.
    let end: Moment?
    /// `start` unless told.
    let alignment: AlignmentName?
    let dayOfMonth: Whole<1, 31>?
    /// With alignment `day`: a day on which a term starts.
    let alignedWith: Day?
    /// At the start of a term or at its end; `in_advance` unless told.
    let billed: BillingTiming?
    let invoiceDaysBeforeDue: Whole<0, 90>?
    /// A time in which the service is suspended: which terms are billed then, and when.
    let suspension: SuspensionInput?
    /// Where days begin; `UTC` unless told.
    let zone: ZoneName?

    static let example: JSONValue = [
        "anchor": "2026-01-10", "interval": ["unit": "month", "count": 1], "through": "2026-04-30",
        "alignment": "day_of_month", "day_of_month": 31, "zone": "Europe/Berlin",
    ]
    /// More terms than this are refused.
    static let limit = 1000
}

struct SuspensionInput: Codable, Sendable {
    let from: Day
    /// The day from which on it is billed as before; none while nobody has resumed it.
    let resumedOn: Day?
    /// `skip` unless told.
    let billing: SuspensionBilling?
}

enum AlignmentName: String, Codable, Sendable, CaseIterable {
    case start
    case dayOfMonth = "day_of_month"
    case day, calendar
}

struct TermsResult: Codable, Sendable {
    let terms: [TermResult]
}

/// One term: from its start up to, but not including, its end.
struct TermResult: Codable, Sendable {
    /// Counted from 0 at the start of the service.
    let number: Int
    let start: Day
    let end: Day
    let startsAt: Instant
    let endsAt: Instant
    let days: Int
    let seconds: Int64
    /// Whether it is only a part of a term, of which `whole_start` and `whole_end` tell all.
    let isShort: Bool
    let wholeStart: Day
    let wholeEnd: Day
    /// Its days over those of the whole, in lowest terms.
    let fraction: FractionResult
    let invoiceOn: Day
}

extension TermsInput {
    func result() throws -> TermsResult {
        let zone = (zone ?? .utc).zone
        let (start, through) = (anchor.day(in: zone), through.day(in: zone))
        let from = from?.day(in: zone)
        var fields = FieldErrors()
        if let from, through < from { fields.add("/through", "must not be before from") }
        let cycle = cycle(from: start, &fields)
        let suspension = suspension.map {
            Suspension(from: $0.from, resumedOn: $0.resumedOn, billing: $0.billing ?? .skip)
        }
        if suspension == .some(nil) { fields.add("/suspension/resumed_on", "must not be before from") }
        guard fields.errors.isEmpty, let cycle else {
            throw CalculationsProblem.incalculable.with(errors: fields.errors)
        }
        let terms = cycle.terms(
            from: from, through: through, before: end?.day(in: zone), limit: TermsInput.limit + 1)
        guard terms.count <= TermsInput.limit else {
            let rule = "must be reached within \(TermsInput.limit) terms; ask for the rest from there"
            throw CalculationsProblem.incalculable.with(errors: [FieldError("/through", rule)])
        }
        let timing = billed ?? .inAdvance
        let due = terms.compactMap { term in
            suspension.flatMap(\.self).map { $0.billed(term, timing) }
                ?? Suspension.Billed(term: term, dueOn: term.dueOn(timing))
        }
        return TermsResult(terms: due.map { result($0.term, dueOn: $0.dueOn, in: zone) })
    }

    /// Nil, with an error for each field, when the alignment lacks one or cannot be kept.
    private func cycle(from start: Day, _ fields: inout FieldErrors) -> Cycle? {
        let name = alignment ?? .start
        for (field, isThere, owner) in [
            ("day_of_month", dayOfMonth != nil, AlignmentName.dayOfMonth),
            ("aligned_with", alignedWith != nil, .day),
        ] where isThere != (name == owner) {
            fields.add("/\(field)", isThere ? "is not taken by \(name.rawValue)" : "is missing")
        }
        let alignment: Cycle.Alignment? =
            switch name {
            case .start: .start
            case .calendar: .calendar
            case .dayOfMonth: dayOfMonth.map { .dayOfMonth($0.value) }
            case .day: alignedWith.map { .day($0) }
            }
        guard fields.errors.isEmpty, let alignment else { return nil }
        let cycle = Cycle(start: start, interval: interval, alignment: alignment)
        if cycle == nil { fields.add("/alignment", "cannot be kept by \(interval)") }
        return cycle
    }

    private func result(_ cycled: CycleTerm, dueOn: Day, in zone: TimeZone) -> TermResult {
        let (term, whole) = (cycled.term, cycled.whole)
        let (start, end) = (Instant(term.start, hour: 0, in: zone), Instant(term.end, hour: 0, in: zone))
        let days = term.start.days(until: term.end)
        let fraction = Fraction(Int128(days), over: Int128(whole.start.days(until: whole.end)))
        return TermResult(
            number: term.number, start: term.start, end: term.end, startsAt: start, endsAt: end, days: days,
            seconds: end.unixSeconds - start.unixSeconds, isShort: cycled.isShort, wholeStart: whole.start,
            wholeEnd: whole.end,
            fraction: FractionResult(
                numerator: Int64(fraction.numerator), denominator: Int64(fraction.denominator)),
            invoiceOn: dueOn.adding(days: -(invoiceDaysBeforeDue?.value ?? 0)))
    }
}
