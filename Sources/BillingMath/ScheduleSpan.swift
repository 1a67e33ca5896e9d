package import Kernel

/// A schedule while it counts, from one change to the next: its first and its last term may be parts of whole
/// ones.
package struct ScheduleSpan: Hashable, Sendable {
    package let schedule: Schedule
    /// The first day that is billed.
    package let startsOn: Day
    /// The first day that is no longer billed; nil while nothing ends it.
    package let endsOn: Day?
    /// No term that starts on or after this day is billed. A term that runs on it is billed whole: that is
    /// what sets it apart from an end.
    package let cancelOn: Day?
    /// Whether its terms are billed when they end.
    package let inArrears: Bool

    /// From the anchor on, and in advance, unless told.
    package init(
        _ schedule: Schedule, from start: Day? = nil, to end: Day? = nil, cancelOn: Day? = nil,
        inArrears: Bool = false
    ) {
        self.schedule = schedule
        startsOn = start ?? schedule.anchor
        endsOn = end
        self.cancelOn = cancelOn
        self.inArrears = inArrears
    }

    /// Of what is paid once: one term of one day.
    package static func once(on day: Day, cancelOn: Day? = nil) -> ScheduleSpan {
        ScheduleSpan(
            Schedule(anchor: day, interval: .day), to: day.adding(days: 1), cancelOn: cancelOn)
    }

    /// The same with another end.
    package func ending(on day: Day?) -> ScheduleSpan {
        ScheduleSpan(schedule, from: startsOn, to: day, cancelOn: cancelOn, inArrears: inArrears)
    }

    /// The same with another day on and after which no term starts.
    package func cancelled(on day: Day?) -> ScheduleSpan {
        ScheduleSpan(schedule, from: startsOn, to: endsOn, cancelOn: day, inArrears: inArrears)
    }

    /// The first day that is billed of a term; nil when none is: the term starts after the end, after a
    /// cancellation, or after the calendar's last day.
    package func start(of number: Int) -> Day? {
        guard let start = schedule.start(of: number).map({ max($0, startsOn) }) else { return nil }
        if let endsOn, start >= endsOn { return nil }
        if let cancelOn, start >= cancelOn { return nil }
        return start
    }

    /// What is billed of a term. Nil where `start(of:)` is, and when the calendar ends before the term does.
    package func term(_ number: Int) -> CycleTerm? {
        guard let start = start(of: number), let whole = schedule.term(number), start < whole.end else {
            return nil
        }
        let end = endsOn.map { min($0, whole.end) } ?? whole.end
        return CycleTerm(term: Term(number: number, start: start, end: end), whole: whole)
    }

    /// The day on which a term is billed: in advance the first that is billed of it, in arrears the first
    /// behind them. Nil where `start(of:)` is, and in arrears when the calendar ends before the term does.
    package func dueOn(_ number: Int) -> Day? {
        inArrears ? term(number)?.dueOn(.inArrears) : start(of: number)
    }

    /// The terms from `first` on that are due on or before `day`, at most `limit` of them. Ends early where
    /// the calendar does.
    package func terms(from first: Int, through day: Day, limit: Int) -> [CycleTerm] {
        var terms: [CycleTerm] = []
        var number = first
        while terms.count < limit, isDue(number, through: day), let term = term(number) {
            terms.append(term)
            number += 1
        }
        return terms
    }

    func isDue(_ number: Int, through day: Day) -> Bool {
        dueOn(number).map { $0 <= day } ?? false
    }
}

/// One term as it is billed.
package struct CycleTerm: Hashable, Sendable {
    package let term: Term
    /// The term of the schedule that it is a part of, or all of.
    package let whole: Term

    package var isShort: Bool { term.start > whole.start || term.end < whole.end }

    /// The day on which it is due: in advance its start, in arrears its end.
    package func dueOn(_ billed: BillingTiming) -> Day {
        switch billed {
        case .inAdvance: term.start
        case .inArrears: term.end
        }
    }
}
