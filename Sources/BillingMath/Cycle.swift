package import Kernel

/// When a service is billed: terms of one length, from where it starts or on days that it shares with others.
///
/// Whatever the alignment, the terms are those of one `Schedule`. A service that starts within one of them
/// has a short first term, and one that ends within one a short last term.
package struct Cycle: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable {
        /// With the service.
        case start
        /// On this day of the month, from 1 to 31, or on the last where a month is shorter. The first term
        /// ends on the first such day after the start.
        case dayOfMonth(Int)
        /// With another service of the customer, of which a term starts on this day.
        case day(Day)
        /// With the calendar: weeks on Monday, months on the 1st, every third of them with the quarter.
        case calendar
    }

    /// The first day of the service.
    package let start: Day
    /// Its terms, and those before it.
    package let schedule: Schedule

    /// Nil for a day of the month that is none, or that an interval of days or weeks cannot keep; for an
    /// interval of days, which no calendar has; and where no term would run at the start, near 1900.
    package init?(start: Day, interval: Interval, alignment: Alignment) {
        self.start = start
        let aligned: Schedule
        switch alignment {
        case .start: aligned = Schedule(anchor: start, interval: interval)
        case .day(let day): aligned = Schedule(meeting: day, day.dayOfMonth, interval)
        case .calendar:
            guard interval.unit != .day else { return nil }
            aligned = Schedule(anchor: .first, interval: interval)
        case .dayOfMonth(let number):
            guard (1...31).contains(number), interval.unit == .month || interval.unit == .year,
                let monthly = Interval(1, .month)
            else { return nil }
            let each = Schedule(meeting: start, number, monthly)
            guard let running = each.number(runningOn: start), let last = each.start(of: running) else {
                return nil
            }
            guard let first = last == start ? start : each.start(of: running + 1) else { return nil }
            aligned = Schedule(meeting: first, number, interval)
        }
        guard let running = aligned.number(runningOn: start) else { return nil }
        schedule = aligned.anchored(near: running)
    }

    /// The terms that start on or before `day` and before `end`, at most `limit` of them, from the one that
    /// runs on `from`.
    package func terms(
        from: Day? = nil, through day: Day, before end: Day? = nil, limit: Int
    ) -> [CycleTerm] {
        guard let zeroth = schedule.number(runningOn: start) else { return [] }
        let first = from.flatMap { schedule.number(runningOn: $0) }.map { max($0, zeroth) } ?? zeroth
        return ScheduleSpan(schedule, from: start, to: end).terms(from: first, through: day, limit: limit).map
        {
            let term = Term(number: $0.term.number - zeroth, start: $0.term.start, end: $0.term.end)
            return CycleTerm(term: term, whole: $0.whole)
        }
    }
}

extension Schedule {
    /// The same terms, counted from the latest of them, up to a number, that has the anchor's day of the
    /// month: from a shorter month no schedule would find that day again.
    fileprivate func anchored(near number: Int) -> Schedule {
        let isMonthly = interval.unit == .month || interval.unit == .year
        for place in stride(from: number, through: 0, by: -1) {
            guard let day = start(of: place) else { continue }
            if !isMonthly || day.dayOfMonth == anchor.dayOfMonth {
                return Schedule(anchor: day, interval: interval)
            }
        }
        return self
    }

    /// One of which a term starts in the month of `day` on that day of the month, or on `day` where months do
    /// not matter. It begins about as early as the calendar does, so that later days are in one of its terms.
    ///
    /// Its anchor is in a month that has the day: from 28 February no schedule would ever find the 31st.
    fileprivate init(meeting day: Day, _ dayOfMonth: Int, _ interval: Interval) {
        let length = interval.count * (interval.unit == .week ? 7 : interval.unit == .year ? 12 : 1)
        guard interval.unit == .month || interval.unit == .year else {
            let distance = Day.first.days(until: day) % length
            self.init(anchor: Day.first.adding(days: distance), interval: interval)
            return
        }
        let (year, month, _) = day.civil
        let months = (year - 1900) * 12 + month - 1
        // Leap years come every fourth or eighth: in 48 such months every length that they take is there.
        let anchors = stride(from: months % length, through: months, by: length).prefix(48).compactMap {
            let (year, month) = (1900 + $0 / 12, $0 % 12 + 1)
            return Day(
                year: year, month: month, day: min(dayOfMonth, Day.lengthOfMonth(month, in: year)))
        }
        // The longest month; of equals the earliest.
        let longest = anchors.map(\.dayOfMonth).max()
        self.init(anchor: anchors.first { $0.dayOfMonth == longest } ?? day, interval: interval)
    }
}
