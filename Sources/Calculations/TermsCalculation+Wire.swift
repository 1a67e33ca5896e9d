import BillingMath
import Kernel
import Web

/// What a calculation of terms takes: a schedule, and a range that the terms touch.
struct TermsInput: CalculationInput {
    let anchor: Moment
    let interval: Interval
    let from: Moment?
    let through: Moment
    /// Where days begin; `UTC` unless told.
    let zone: ZoneName?

    static let example: JSONValue = [
        "anchor": "2026-01-31", "interval": ["unit": "month", "count": 1], "through": "2026-04-30",
        "zone": "Europe/Berlin",
    ]
    /// More terms than this are refused.
    static let limit = 1000
}

struct TermsResult: Codable, Sendable {
    let terms: [TermResult]
}

/// One term: from its start up to, but not including, its end.
struct TermResult: Codable, Sendable {
    /// Counted from 0 at the anchor.
    let number: Int
    let start: Day
    let end: Day
    let startsAt: Instant
    let endsAt: Instant
    let days: Int
    let seconds: Int64
}

extension TermsInput {
    func result() throws -> TermsResult {
        let zone = (zone ?? .utc).zone
        let schedule = Schedule(anchor: anchor.day(in: zone), interval: interval)
        let first = from.flatMap { schedule.number(runningOn: $0.day(in: zone)) } ?? 0
        let last = through.day(in: zone)
        if let from, last < from.day(in: zone) {
            throw CalculationsProblem.incalculable.with(errors: [
                FieldError("/through", "must not be before from")
            ])
        }
        let terms = schedule.terms(from: first, through: last, before: nil, limit: TermsInput.limit + 1)
        guard terms.count <= TermsInput.limit else {
            let rule = "must be reached within \(TermsInput.limit) terms; ask for the rest from there"
            throw CalculationsProblem.incalculable.with(errors: [FieldError("/through", rule)])
        }
        return TermsResult(
            terms: terms.map { term in
                let (start, end) = (
                    Instant(term.start, hour: 0, in: zone), Instant(term.end, hour: 0, in: zone)
                )
                return TermResult(
                    number: term.number, start: term.start, end: term.end, startsAt: start, endsAt: end,
                    days: term.start.days(until: term.end), seconds: end.unixSeconds - start.unixSeconds)
            })
    }
}
