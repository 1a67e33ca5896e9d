package import Kernel

/// At least one day: from `start` up to, but not including, `end`.
package struct DaySpan: Hashable, Sendable {
    package let start: Day
    package let end: Day

    /// Nil when it has no day.
    package init?(_ start: Day, _ end: Day) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    package func overlaps(_ other: DaySpan) -> Bool { start < other.end && other.start < end }

    /// The days of both.
    func common(with other: DaySpan) -> DaySpan? {
        DaySpan(max(start, other.start), min(end, other.end))
    }

    /// The days that are in none of `others`, as few spans as possible, in order.
    func without(_ others: [DaySpan]) -> [DaySpan] {
        var rest: [DaySpan] = []
        var from = start
        for other in others.sorted(by: { $0.start < $1.start }) where overlaps(other) {
            if let gap = DaySpan(from, min(other.start, end)) { rest.append(gap) }
            from = max(from, other.end)
        }
        if let last = DaySpan(from, end) { rest.append(last) }
        return rest
    }
}
