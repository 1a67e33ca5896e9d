package import Kernel

/// One period of a schedule: from `start` up to, but not including, `end`.
package struct Term: Hashable, Sendable {
    /// Counted from 0 at the anchor.
    package let number: Int
    package let start: Day
    package let end: Day

    package init(number: Int, start: Day, end: Day) {
        self.number = number
        self.start = start
        self.end = end
    }

    /// Nil for a term without a day, which no schedule has.
    package var days: DaySpan? { DaySpan(start, end) }
}

/// When the terms of a subscription begin and end.
///
/// Term n starts at anchor + n × interval, always counted from the anchor: 31 Jan, 28 Feb, 31 Mar. Adding to
/// the term before would stay on the 28th for ever.
package struct Schedule: Hashable, Sendable {
    package let anchor: Day
    package let interval: Interval

    package init(anchor: Day, interval: Interval) {
        self.anchor = anchor
        self.interval = interval
    }

    /// Nil for a negative number and when the term would start after the calendar's last day.
    package func start(of number: Int) -> Day? {
        number < 0 ? nil : anchor.adding(number, interval)
    }

    /// Nil when the term does not begin or does not end within the calendar.
    package func term(_ number: Int) -> Term? {
        guard let day = start(of: number), let end = start(of: number + 1) else { return nil }
        return Term(number: number, start: day, end: end)
    }

    /// The number of the term that starts exactly on `day`; nil when none does.
    package func number(startingOn day: Day) -> Int? {
        let distance: Int
        switch interval.unit {
        case .day:
            distance = anchor.days(until: day)
        case .week:
            let days = anchor.days(until: day)
            guard days.isMultiple(of: 7) else { return nil }
            distance = days / 7
        case .month, .year:
            // Clamping never leaves the month, so the months between the two name the only candidate.
            let (from, to) = (anchor.civil, day.civil)
            let months = (to.year - from.year) * 12 + to.month - from.month
            guard interval.unit == .month || months.isMultiple(of: 12) else { return nil }
            distance = interval.unit == .month ? months : months / 12
        }
        guard distance >= 0, distance.isMultiple(of: interval.count) else { return nil }
        let number = distance / interval.count
        return start(of: number) == day ? number : nil
    }

    /// The number of the term that runs on `day`; nil before the anchor.
    package func number(runningOn day: Day) -> Int? {
        guard day >= anchor else { return nil }
        // The terms are in order, so halving finds the last that has begun.
        var (low, high) = (0, 1)
        while let start = start(of: high), start <= day {
            low = high
            high *= 2
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if let start = start(of: middle), start <= day { low = middle } else { high = middle }
        }
        return low
    }
}
