import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Cycles")
struct CycleTests {
    static let rows: [(start: String, interval: Interval?, alignment: Cycle.Alignment, starts: [String])] = [
        ("2026-01-31", Interval(1, .month), .start, ["2026-01-31", "2026-02-28", "2026-03-31"]),
        // Short up to the 15th, then whole.
        ("2026-01-10", Interval(1, .month), .dayOfMonth(15), ["2026-01-10", "2026-01-15", "2026-02-15"]),
        ("2026-01-15", Interval(1, .month), .dayOfMonth(15), ["2026-01-15", "2026-02-15", "2026-03-15"]),
        ("2026-01-16", Interval(1, .month), .dayOfMonth(15), ["2026-01-16", "2026-02-15", "2026-03-15"]),
        // The first one is clamped, and the later ones remember the 31st.
        ("2026-02-10", Interval(1, .month), .dayOfMonth(31), ["2026-02-10", "2026-02-28", "2026-03-31"]),
        ("2026-02-28", Interval(1, .month), .dayOfMonth(31), ["2026-02-28", "2026-03-31", "2026-04-30"]),
        // Quarters are counted from the first such day.
        ("2026-01-20", Interval(3, .month), .dayOfMonth(31), ["2026-01-20", "2026-01-31", "2026-04-30"]),
        ("2026-11-20", Interval(3, .month), .dayOfMonth(5), ["2026-11-20", "2026-12-05", "2027-03-05"]),
        // Each year on the last of February.
        (
            "2026-02-03", Interval(1, .year), .dayOfMonth(30),
            ["2026-02-03", "2026-02-28", "2027-02-28", "2028-02-29"]
        ),
        ("2026-02-20", Interval(1, .month), .calendar, ["2026-02-20", "2026-03-01", "2026-04-01"]),
        ("2026-02-20", Interval(3, .month), .calendar, ["2026-02-20", "2026-04-01", "2026-07-01"]),
        ("2026-02-20", Interval(1, .year), .calendar, ["2026-02-20", "2027-01-01", "2028-01-01"]),
        // 2 March 2026 is a Monday.
        ("2026-02-25", Interval(1, .week), .calendar, ["2026-02-25", "2026-03-02", "2026-03-09"]),
        // With another service of the customer, before or after.
        (
            "2026-02-10", Interval(1, .month), .day(Day("2025-12-31")!),
            ["2026-02-10", "2026-02-28", "2026-03-31"]
        ),
        (
            "2026-02-10", Interval(1, .month), .day(Day("2028-05-20")!),
            ["2026-02-10", "2026-02-20", "2026-03-20"]
        ),
        (
            "2026-02-10", Interval(1, .year), .day(Day("2028-02-29")!),
            ["2026-02-10", "2026-02-28", "2027-02-28", "2028-02-29"]
        ),
        (
            "2026-02-10", Interval(2, .week), .day(Day("2026-03-01")!),
            ["2026-02-10", "2026-02-15", "2026-03-01"]
        ),
        (
            "2026-02-10", Interval(10, .day), .day(Day("2026-01-01")!),
            ["2026-02-10", "2026-02-20", "2026-03-02"]
        ),
    ]

    @Test("begin with the service, and go on where they are aligned", arguments: rows)
    func aligned(
        start: String, interval: Interval?, alignment: Cycle.Alignment, starts: [String]
    ) throws {
        let cycle = try cycle(start, interval, alignment)
        let terms = cycle.terms(through: .last, limit: starts.count)
        #expect(terms.map { $0.term.start.description } == starts)
        #expect(terms.map(\.term.number) == Array(starts.indices))
    }

    @Test("do not keep what no calendar has")
    func impossible() throws {
        let day = try #require(Day("2026-02-10"))
        for (interval, alignment) in [
            (Interval(30, .day), .dayOfMonth(1)), (Interval(1, .week), .dayOfMonth(1)),
            (Interval(1, .month), .dayOfMonth(0)), (Interval(1, .month), .dayOfMonth(32)),
            (Interval(30, .day), .calendar),
        ] as [(Interval?, Cycle.Alignment)] {
            let interval = try #require(interval)
            #expect(Cycle(start: day, interval: interval, alignment: alignment) == nil)
        }
    }

    @Test("are short where the service begins or ends within a term, and know of how much")
    func short() throws {
        let cycle = try cycle("2026-01-20", Interval(1, .month), .calendar)
        let terms = cycle.terms(through: .last, before: Day("2026-03-11"), limit: 9)
        #expect(terms.map(\.isShort) == [true, false, true])
        // 20 to 31 January are 12 days of 31, 1 to 10 March are 10 of 31.
        #expect(terms.map { $0.term.start.days(until: $0.term.end) } == [12, 28, 10])
        #expect(terms.map { $0.whole.start.days(until: $0.whole.end) } == [31, 28, 31])
        #expect(cycle.terms(through: .last, before: Day("2026-01-20"), limit: 9) == [])
        #expect(cycle.terms(through: try #require(Day("2026-01-19")), limit: 9) == [])
        let later = cycle.terms(from: Day("2026-02-14"), through: try #require(Day("2026-03-01")), limit: 9)
        #expect(later.map(\.term.number) == [1, 2])
    }

    @Test("are due in advance or in arrears")
    func invoiced() throws {
        let term = try #require(
            cycle("2026-01-20", Interval(1, .month), .calendar).terms(through: .last, limit: 1).first)
        #expect(term.dueOn(.inAdvance) == Day("2026-01-20"))
        #expect(term.dueOn(.inArrears) == Day("2026-02-01"))
    }

    @Test("tile the life of the service, whatever they are aligned with", arguments: seeds)
    func tiling(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let example = Schedule.random(using: &random)
            let start = example.anchor.adding(days: Int.random(in: -900...900, using: &random))
            let alignments: [Cycle.Alignment] = [
                .start, .calendar, .day(example.anchor), .dayOfMonth(Int.random(in: 1...31, using: &random)),
            ]
            let alignment = try #require(alignments.randomElement(using: &random))
            guard let cycle = Cycle(start: start, interval: example.interval, alignment: alignment) else {
                #expect(example.interval.unit == .day || example.interval.unit == .week, "seed \(seed)")
                continue
            }
            let end = start.adding(days: Int.random(in: 1...4000, using: &random))
            let terms = cycle.terms(through: .last, before: end, limit: 5000)
            let comment: Comment = "seed \(seed): \(start) to \(end), \(example.interval), \(alignment)"
            #expect(terms.first?.term.start == start && terms.last?.term.end == end, comment)
            for (term, next) in zip(terms, terms.dropFirst()) {
                #expect(term.term.end == next.term.start && term.term.start < term.term.end, comment)
                #expect(term.term.number + 1 == next.term.number, comment)
            }
            for term in terms.dropFirst().dropLast() { #expect(!term.isShort, comment) }
        }
    }

    private func cycle(
        _ start: String, _ interval: Interval?, _ alignment: Cycle.Alignment
    ) throws -> Cycle {
        let (day, interval) = (try Day(row: start), try #require(interval))
        return try #require(Cycle(start: day, interval: interval, alignment: alignment))
    }
}
