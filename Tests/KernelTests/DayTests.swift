import Foundation
import Kernel
import Seeds
import Testing

@Suite("Days")
struct DayTests {
    @Test("Every day from 1900 to 2200 is the day of Foundation's Gregorian calendar")
    func sameAsFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let first = try #require(Day(year: 1900, month: 1, day: 1))
        let last = try #require(Day(year: 2200, month: 12, day: 31))
        #expect(first.days(until: last) == 109_937)
        var wrong: [String] = []
        for serial in first.daysSince1970...last.daysSince1970 {
            let day = Day(daysSince1970: serial)
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(serial) * 86_400))
            let (year, month, dayOfMonth) = day.civil
            if parts.year != year || parts.month != month || parts.day != dayOfMonth
                || Day(year: year, month: month, day: dayOfMonth) != day
            {
                wrong.append("\(serial)")
            }
        }
        #expect(wrong == [])
    }

    @Test("The last day of the calendar is there and back")
    func bounds() {
        #expect(Day.first.description == "1900-01-01")
        #expect(Day.last.description == "9999-12-31")
        #expect(Day("9999-12-31") == Day.last)
        #expect(Day(year: 1899, month: 12, day: 31) == nil)
        #expect(Day(year: 10_000, month: 1, day: 1) == nil)
        #expect(Day("1970-01-01")?.daysSince1970 == 0)
        #expect(Day("1969-12-31")?.daysSince1970 == -1)
        #expect(Day("2026-11-22")?.daysSince1970 == 20_779)
    }

    static let februaries: [(year: Int, days: Int)] = [
        (1900, 28), (1904, 29), (2000, 29), (2023, 28), (2024, 29), (2100, 28), (2200, 28), (2400, 29),
        (9996, 29),
    ]

    @Test("Leap years are every four, not every hundred, but every four hundred", arguments: februaries)
    func leapYears(year: Int, days: Int) {
        #expect(Day.lengthOfMonth(2, in: year) == days)
        #expect((Day(year: year, month: 2, day: 29) != nil) == (days == 29))
        #expect(Day(year: year, month: 2, day: 30) == nil)
    }

    static let refusedTexts = [
        "", "2026-02-30", "0000-00-00", "31.12.2025", "2026-1-01", "2026-13-01", "2026-00-10", "2026-06-31",
        "2026-01-00", "2026-01-32", "20260101", "2026/01/01", " 2026-01-01", "2026-01-01 ",
        "2026-01-01T00:00",
        "+026-01-01", "2026-+1-01", "٢٠٢٦-01-01", "1899-12-31", "2026-01-1é", "2026–01–01",
    ]

    @Test("Only YYYY-MM-DD of a day that exists is read", arguments: refusedTexts)
    func refused(text: String) {
        #expect(Day(text) == nil)
    }

    @Test(
        "A day is shown as it is read", arguments: ["1900-01-01", "2026-01-09", "2024-02-29", "9999-12-31"])
    func shown(text: String) {
        #expect(Day(text)?.description == text)
    }

    static let sums: [(from: String, times: Int, count: Int, unit: Interval.Unit, expected: String?)] = [
        ("2026-01-31", 1, 1, .month, "2026-02-28"), ("2026-01-31", 2, 1, .month, "2026-03-31"),
        ("2026-01-31", 3, 1, .month, "2026-04-30"), ("2024-01-31", 1, 1, .month, "2024-02-29"),
        ("2026-01-31", 13, 1, .month, "2027-02-28"), ("2026-01-30", 1, 1, .month, "2026-02-28"),
        ("2026-08-31", 2, 3, .month, "2027-02-28"), ("2026-12-31", 1, 2, .month, "2027-02-28"),
        ("2024-02-29", 1, 1, .year, "2025-02-28"), ("2024-02-29", 4, 1, .year, "2028-02-29"),
        ("2024-02-29", 2, 2, .year, "2028-02-29"), ("2096-02-29", 1, 4, .year, "2100-02-28"),
        ("2026-03-31", -1, 1, .month, "2026-02-28"), ("2026-01-15", -1, 1, .month, "2025-12-15"),
        ("2026-01-15", -25, 1, .month, "2023-12-15"), ("2026-02-28", 1, 2, .week, "2026-03-14"),
        ("2026-02-28", 1, 45, .day, "2026-04-14"), ("2026-02-28", 0, 1, .year, "2026-02-28"),
        ("9999-11-30", 1, 1, .month, "9999-12-30"), ("9999-12-30", 1, 1, .month, nil),
        ("9999-12-30", 1, 1, .day, "9999-12-31"), ("9999-12-31", 1, 1, .day, nil),
        ("9999-12-25", 1, 1, .week, nil), ("1900-01-31", -1, 1, .month, nil),
        ("1900-01-01", -1, 1, .day, nil),
        ("2026-01-01", .max, 10, .year, nil), ("2026-01-01", .min, 10, .year, nil),
        ("2026-01-01", 3_999_999, 1, .day, nil), ("2026-01-01", 4_000_000, 1, .year, nil),
    ]

    @Test("Adding an interval keeps the day of the month and clamps it to the month's end", arguments: sums)
    func adding(from: String, times: Int, count: Int, unit: Interval.Unit, expected: String?) throws {
        let day = try #require(Day(from))
        let interval = try #require(Interval(count, unit))
        #expect(day.adding(times, interval)?.description == expected)
    }

    @Test("Adding months forward is what Foundation's calendar does", arguments: 1...20)
    func monthsAsFoundation(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let month = try #require(Interval(1, .month))
        for _ in 0..<200 {
            let day = Day(daysSince1970: Int32.random(in: -20_000...60_000, using: &random))
            // Forward only: back from 31 July 2034 by 53 months, Foundation comes to 1 March.
            let months = Int.random(in: 0...600, using: &random)
            let date = Date(timeIntervalSince1970: TimeInterval(day.daysSince1970) * 86_400)
            let moved = try #require(calendar.date(byAdding: .month, value: months, to: date))
            let expected = Day(daysSince1970: Int32(moved.timeIntervalSince1970 / 86_400))
            #expect(day.adding(months, month) == expected, "seed \(seed): \(day) + \(months)")
        }
    }

    static let lengths: [(unit: Interval.Unit, longest: Int)] = [
        (.day, 3660), (.week, 520), (.month, 120), (.year, 10),
    ]

    @Test("An interval is at least one and at most about ten years long", arguments: lengths)
    func intervalBounds(unit: Interval.Unit, longest: Int) {
        #expect(Interval(0, unit) == nil)
        #expect(Interval(-1, unit) == nil)
        #expect(Interval(1, unit)?.description == "1 \(unit.rawValue)")
        #expect(Interval(longest, unit)?.description == "\(longest) \(unit.rawValue)s")
        #expect(Interval(longest + 1, unit) == nil)
    }

    @Test("A day and an interval survive JSON, and nonsense is refused")
    func json() throws {
        let text = #"{"day":"2024-02-29","interval":{"unit":"month","count":3}}"#
        struct Sample: Codable, Equatable {
            let day: Day
            let interval: Interval
        }
        let sample = try JSONDecoder().decode(Sample.self, from: Data(text.utf8))
        #expect(sample.day == Day("2024-02-29"))
        #expect(sample.interval == Interval(3, .month))
        #expect(try JSONDecoder().decode(Sample.self, from: JSONEncoder().encode(sample)) == sample)
        for wrong in [
            #""2026-02-29""#, "20779", #"{"unit":"month","count":121}"#, #"{"unit":"hour","count":1}"#,
        ] {
            let data = Data(wrong.utf8)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Day.self, from: data) }
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Interval.self, from: data) }
        }
    }
}
