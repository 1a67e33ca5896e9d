package import Kernel

/// The term that an explained line bills.
package struct ExplainedTerm: Hashable, Sendable {
    /// What of the term is billed: all of it or a part.
    package let days: DaySpan
    package let schedule: Schedule
    /// Counted from 0 at the schedule's anchor.
    package let number: Int
    /// Whether it is no term of many: nothing follows it.
    package let isPaidOnce: Bool
    package let billed: BillingTiming
    /// Terms that started later, or in arrears ended later, were not due yet.
    package let billedThrough: Day
    package let cancelOn: Day?

    /// A part is said to be one, and of which days.
    func billed(as part: ExplainedPart?) -> String {
        if isPaidOnce { return "Billed once, on \(days.start)." }
        let interval = schedule.interval
        let rhythm = interval.count == 1 ? interval.unit.rawValue : "\(interval)"
        let whole = part.map { ", a part of \($0.whole.words)" } ?? ""
        return "Billed for \(days.words)\(whole): term \(number), counted from 0 at \(schedule.anchor), "
            + "one every \(rhythm)."
    }

    var due: [String] {
        let moment = billed == .inArrears ? "ends" : "starts"
        var due = [
            "Every term that \(moment) on or before \(billedThrough) was due when the invoice was made."
        ]
        if billed == .inArrears {
            due.insert("Billed in arrears: when what is billed of the term ends.", at: 0)
        }
        guard let cancelOn else { return due }
        return due + ["No term that starts on or after \(cancelOn) is billed: cancelled, or not renewed yet."]
    }
}

extension ExplainedTerm: Decodable {
    private enum CodingKeys: String, CodingKey {
        case period, schedule, paidOnce, billed, billedThrough, cancelOn
    }

    private struct Period: Decodable {
        let start: Day
        let end: Day
    }

    private struct Place: Decodable {
        let anchor: Day
        let interval: Interval
        let term: Int
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let period = try object.decode(Period.self, forKey: .period)
        guard let days = DaySpan(period.start, period.end) else {
            throw DecodingError.dataCorruptedError(
                forKey: .period, in: object, debugDescription: "has no day")
        }
        let place = try object.decode(Place.self, forKey: .schedule)
        self.days = days
        schedule = Schedule(anchor: place.anchor, interval: place.interval)
        number = place.term
        isPaidOnce = try object.decodeIfPresent(Bool.self, forKey: .paidOnce) ?? false
        billed = try object.decodeIfPresent(BillingTiming.self, forKey: .billed) ?? .inAdvance
        billedThrough = try object.decode(Day.self, forKey: .billedThrough)
        cancelOn = try object.decodeIfPresent(Day.self, forKey: .cancelOn)
    }
}

extension DaySpan {
    /// With the last day that is paid for, as people say it: `2026-12-01 through 2026-12-31 (31 days)`.
    var words: String {
        let count = start.days(until: end)
        return "\(start) through \(end.adding(days: -1)) (\(count) \(count == 1 ? "day" : "days"))"
    }
}
