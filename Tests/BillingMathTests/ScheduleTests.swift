import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Schedules")
struct ScheduleTests {
    static let starts: [(anchor: String, interval: String, expected: String)] = [
        ("2026-01-31", "1 month", "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("2027-12-31", "1 month", "2027-12-31 2028-01-31 2028-02-29 2028-03-31"),
        ("2024-02-29", "1 year", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("2096-02-29", "2 year", "2096-02-29 2098-02-28 2100-02-28 2102-02-28 2104-02-29"),
        ("2026-08-31", "3 month", "2026-08-31 2026-11-30 2027-02-28 2027-05-31"),
        ("2026-11-30", "6 month", "2026-11-30 2027-05-30 2027-11-30"),
        ("2026-12-25", "2 week", "2026-12-25 2027-01-08 2027-01-22"),
        ("2026-02-20", "10 day", "2026-02-20 2026-03-02 2026-03-12"),
        ("9999-11-15", "1 month", "9999-11-15 9999-12-15 nil nil"),
    ]

    @Test("Term n starts n intervals after the anchor, clamped to the month's end", arguments: starts)
    func termStarts(anchor: String, interval: String, expected: String) throws {
        let schedule = try schedule(anchor, interval)
        let days = (0..<expected.split(separator: " ").count).map {
            schedule.start(of: $0)?.description ?? "nil"
        }
        #expect(days.joined(separator: " ") == expected)
    }

    @Test("There is no term before the anchor and none that ends after the calendar")
    func bounds() throws {
        let monthly = try schedule("9999-11-15", "1 month")
        #expect(monthly.start(of: -1) == nil)
        #expect(monthly.term(0) != nil)
        #expect(monthly.start(of: 1) != nil)
        #expect(monthly.term(1) == nil)
        #expect(monthly.start(of: .max) == nil)
        #expect(monthly.term(.max) == nil)
        #expect(try schedule("2026-01-01", "10 year").term(.max / 2) == nil)
    }

    static let numbers: [(anchor: String, interval: String, day: String, expected: Int?)] = [
        ("2026-01-31", "1 month", "2026-01-31", 0),
        ("2026-01-31", "1 month", "2026-02-28", 1),
        ("2026-01-31", "1 month", "2026-03-28", nil),
        ("2026-01-31", "1 month", "2026-11-30", 10),
        ("2026-01-31", "1 month", "2025-12-31", nil),
        ("2026-11-01", "1 month", "2026-11-17", nil),
        ("2024-02-29", "1 year", "2027-02-28", 3),
        ("2024-02-29", "1 year", "2028-02-28", nil),
        ("2024-02-29", "1 year", "2028-02-29", 4),
        ("2024-02-29", "2 year", "2027-02-28", nil),
        ("2026-01-31", "3 month", "2026-02-28", nil),
        ("2026-01-05", "2 week", "2026-02-02", 2),
        ("2026-01-05", "2 week", "2026-01-12", nil),
        ("2026-01-05", "2 week", "2026-01-06", nil),
        ("2026-01-05", "45 day", "2026-02-19", 1),
        ("2026-01-05", "45 day", "2026-02-18", nil),
    ]

    @Test("A day is the start of a term or it is not", arguments: numbers)
    func termNumber(anchor: String, interval: String, day: String, expected: Int?) throws {
        #expect(try schedule(anchor, interval).number(startingOn: Day(row: day)) == expected)
    }

    @Test("Due are the terms that start up to the day and before the cancellation")
    func dueTerms() throws {
        let monthly = try schedule("2026-01-31", "1 month")
        func due(from first: Int, _ day: String, before: String? = nil, limit: Int = 15) throws -> [Int] {
            let span = ScheduleSpan(monthly, cancelOn: try before.map(Day.init(row:)))
            return span.terms(from: first, through: try Day(row: day), limit: limit).map(\.term.number)
        }
        #expect(try due(from: 0, "2026-01-30") == [])
        #expect(try due(from: 0, "2026-01-31") == [0])
        #expect(try due(from: 0, "2026-03-31") == [0, 1, 2])
        #expect(try due(from: 2, "2026-03-31") == [2])
        #expect(try due(from: 3, "2026-03-31") == [])
        #expect(try due(from: 0, "2026-12-31", before: "2026-02-28") == [0])
        #expect(try due(from: 0, "2026-12-31", before: "2026-03-01") == [0, 1])
        #expect(try due(from: 0, "2026-12-31", before: "2026-01-31") == [])
        #expect(try due(from: 0, "2036-01-01", limit: 4) == [0, 1, 2, 3])
        #expect(try due(from: 0, "2036-01-01", limit: 0) == [])
    }

    @Test("Terms tile the time line, and the start of each leads back to its number", arguments: seeds)
    func tiling(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let schedule = Schedule.random(using: &random)
            var end = schedule.anchor
            #expect(schedule.number(runningOn: end.adding(days: -1)) == nil, "seed \(seed), \(schedule)")
            for number in 0..<60 {
                let term = try #require(schedule.term(number), "seed \(seed)")
                #expect(term.start == end, "no gap and no overlap; seed \(seed), \(schedule)")
                #expect(term.start < term.end, "seed \(seed), \(schedule)")
                #expect(schedule.number(startingOn: term.start) == number, "seed \(seed), \(schedule)")
                #expect(schedule.number(runningOn: term.start) == number, "seed \(seed), \(schedule)")
                let last = term.end.adding(days: -1)
                #expect(schedule.number(runningOn: last) == number, "seed \(seed), \(schedule)")
                let inside = term.start.adding(days: 1)
                if inside < term.end {
                    #expect(schedule.number(startingOn: inside) == nil, "seed \(seed), \(schedule)")
                }
                end = term.end
            }
        }
    }

    private func schedule(_ anchor: String, _ interval: String) throws -> Schedule {
        let words = interval.split(separator: " ")
        let unit = try #require(Interval.Unit(rawValue: String(words[1])))
        let count = try #require(Int(words[0]))
        return Schedule(anchor: try Day(row: anchor), interval: try #require(Interval(count, unit)))
    }
}

extension ScheduleTests {
    /// Of monthly terms from 1 January 2027: what is billed of them and when, in arrears.
    static let arrears: [(from: String, to: String?, cancelOn: String?, due: String)] = [
        ("2027-01-01", nil, nil, "2027-02-01 2027-03-01 2027-04-01"),
        // 20 to 31 January is billed with January's end.
        ("2027-01-20", nil, nil, "2027-02-01 2027-03-01 2027-04-01"),
        // 1 to 10 February is billed when it is over.
        ("2027-01-20", "2027-02-11", nil, "2027-02-01 2027-02-11 nil"),
        ("2027-01-01", "2027-02-01", nil, "2027-02-01 nil nil"),
        ("2027-01-01", "2027-01-01", nil, "nil nil nil"),
        // What began before a cancellation is billed whole.
        ("2027-01-01", nil, "2027-02-11", "2027-02-01 2027-03-01 nil"),
        ("2027-01-01", "2027-02-21", "2027-02-11", "2027-02-01 2027-02-21 nil"),
    ]

    @Test("In arrears a term is due when what is billed of it ends", arguments: arrears)
    func dueInArrears(from: String, to: String?, cancelOn: String?, due: String) throws {
        let span = ScheduleSpan(
            try schedule("2027-01-01", "1 month"), from: try Day(row: from), to: try to.map(Day.init(row:)),
            cancelOn: try cancelOn.map(Day.init(row:)), inArrears: true)
        #expect((0...2).map { span.dueOn($0)?.description ?? "nil" }.joined(separator: " ") == due)
        for number in 0...2 { #expect((span.dueOn(number) == nil) == (span.start(of: number) == nil)) }
    }
}

extension Schedule {
    /// Anchored between 2019 and 2028, and on the last day of a month every fourth time.
    static func random(using random: inout Seeded) -> Schedule {
        var anchor = Day.first.adding(days: Int.random(in: 43_500...47_000, using: &random))
        if Int.random(in: 0..<4, using: &random) == 0 {
            anchor = anchor.adding(days: Day.lengthOfMonth(anchor.month, in: anchor.year) - anchor.dayOfMonth)
        }
        let intervals: [Interval?] = [
            Interval(1, .month), Interval(3, .month), Interval(6, .month), Interval(1, .year),
            Interval(2, .year), Interval(1, .week), Interval(2, .week), Interval(30, .day), Interval(1, .day),
        ]
        return Schedule(anchor: anchor, interval: intervals.compactMap { $0 }.randomElement(using: &random)!)
    }
}
