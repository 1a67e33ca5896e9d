/// A length of time in calendar units: 3 months, 2 weeks, 45 days.
package struct Interval: Hashable, Sendable {
    package enum Unit: String, Codable, Sendable, CaseIterable {
        case day, week, month, year
    }

    package let unit: Unit
    package let count: Int

    /// The longest interval in each unit is about ten years, the longest that registries sell.
    package static func longest(_ unit: Unit) -> Int {
        switch unit {
        case .day: return 3660
        case .week: return 520
        case .month: return 120
        case .year: return 10
        }
    }

    /// The shortest.
    package static let day = Interval(oneOf: .day)

    private init(oneOf unit: Unit) {
        self.unit = unit
        count = 1
    }

    /// Nil when the count is below 1 or beyond `longest`.
    package init?(_ count: Int, _ unit: Unit) {
        guard (1...Interval.longest(unit)).contains(count) else { return nil }
        self.unit = unit
        self.count = count
    }
}

extension Interval: Codable {
    private enum CodingKeys: String, CodingKey { case unit, count }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let unit = try container.decode(Unit.self, forKey: .unit)
        guard let interval = Interval(try container.decode(Int.self, forKey: .count), unit) else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: container,
                debugDescription: "must be between 1 and \(Interval.longest(unit)) for a \(unit.rawValue)")
        }
        self = interval
    }
}

extension Interval: CustomStringConvertible {
    /// `1 month`, `3 months`: for explanations and messages in English.
    package var description: String {
        count == 1 ? "1 \(unit.rawValue)" : "\(count) \(unit.rawValue)s"
    }
}

extension Day {
    /// `self + n × interval`, always counted from `self`: months and years keep the day of the month and
    /// clamp it to the month's end (31 Jan → 28 Feb → 31 Mar). Nil when the result is outside the calendar of
    /// `Day`.
    package func adding(_ times: Int, _ interval: Interval) -> Day? {
        let (steps, overflow) = times.multipliedReportingOverflow(by: interval.count)
        guard !overflow, (-4_000_000...4_000_000).contains(steps) else { return nil }
        switch interval.unit {
        case .day: return inRange(adding(days: steps))
        case .week: return inRange(adding(days: steps * 7))
        case .month: return adding(months: steps)
        case .year: return adding(months: steps * 12)
        }
    }

    private func adding(months: Int) -> Day? {
        let (year, month, day) = civil
        let total = year * 12 + month - 1 + months
        let targetYear = (total >= 0 ? total : total - 11) / 12
        let targetMonth = total - targetYear * 12 + 1
        guard (1900...9999).contains(targetYear) else { return nil }
        let clamped = Swift.min(day, Day.lengthOfMonth(targetMonth, in: targetYear))
        return Day(year: targetYear, month: targetMonth, day: clamped)
    }

    private func inRange(_ day: Day) -> Day? {
        (Day.first...Day.last).contains(day) ? day : nil
    }
}
