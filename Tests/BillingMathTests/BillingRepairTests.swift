import BillingMath
import Foundation
import Kernel
import Seeds
import Testing

@Suite("Repair of what is billed")
struct BillingRepairTests {
    private typealias Wanted = BillingRepair.Wanted
    private typealias Billed = BillingRepair.Billed

    @Test("bills what is missing, and nothing when all is billed")
    func missing() throws {
        let wanted = [try wish("small", "03-01", "04-01"), try wish("small", "04-01", "05-01")]
        let first = try repair(wanted, [])
        #expect(first.missing.map(\.amountMinor) == [3100, 3100] && first.repairs == [])
        let second = try repair(wanted, first.applied(to: [], wanted))
        #expect(second.missing == [] && second.repairs == [])
    }

    @Test("a change in the middle credits what is left of the old and bills what is left of the new")
    func upgrade() throws {
        let whole = try wish("small", "03-01", "04-01")
        var billed = try repair([whole], []).applied(to: [], [whole])
        let changed = [
            Wanted(try span("03-01", "03-20"), at: whole.rate),
            Wanted(try span("03-20", "04-01"), at: try rate("large", "03-01", "04-01", 6200)),
        ]
        let upgrade = try repair(changed, billed)
        // 31.00 × 12/31 = 12.00 back, 62.00 × 12/31 = 24.00 for the large one.
        #expect(upgrade.repairs.map(\.credit.amountMinor) == [1200])
        #expect(upgrade.missing.map(\.amountMinor) == [2400])
        billed = upgrade.applied(to: billed, changed)
        let undo = try repair([whole], billed)
        #expect(undo.repairs.map(\.credit.amountMinor) == [2400])
        #expect(undo.missing.map(\.amountMinor) == [1200])
        billed = undo.applied(to: billed, [whole])
        #expect(try repair([whole], billed).missing == [])
        // Cancelled on the 10th: 10 to 19 March of the first line, all of the third: 10.00 + 12.00.
        let cancelled = try repair([Wanted(try span("03-01", "03-10"), at: whole.rate)], billed)
        #expect(cancelled.repairs.map(\.credit.amountMinor) == [1000, 1200])
        #expect(cancelled.missing == [])
    }

    @Test("credits what was charged, not the price, and the last credit takes the last cent")
    func charged() throws {
        let rate = try rate("small", "03-01", "04-01", 3100)
        // 10.00 was paid after a discount; a third of 31 days does not divide it.
        var line = Billed(try span("03-01", "04-01"), at: rate, amountMinor: 1000)
        let first = try repair([Wanted(try span("03-01", "03-11"), at: rate)], [line])
        // 10.00 × 21/31 = 6.774…
        #expect(first.repairs.map(\.credit.amountMinor) == [677])
        line.credits = first.repairs.map(\.credit)
        #expect(try repair([], [line]).repairs.map(\.credit.amountMinor) == [323])
        line.credits = [BillingRepair.Credit(try span("03-20", "04-01"), amountMinor: 5000)]
        #expect(
            try repair([], [line]).repairs.map(\.credit.amountMinor) == [0], "never more than was charged")
    }

    @Test("a change of what is billed in part comes back to the cent, too")
    func twice() throws {
        // 10.01 a month: 30 of 31 days are 9.687, 9.69; of them the last 12 are 3.8748 of the price, 3.87. As
        // 12/30 of the 9.69 they would be 3.876, 3.88, and a cent would be lost on the way back.
        let rate = try rate("large", "03-01", "04-01", 1001)
        let before = [Wanted(try span("03-02", "04-01"), at: rate)]
        let after = [Wanted(try span("03-02", "03-20"), at: rate)]
        var billed = try repair(before, []).applied(to: [], before)
        #expect(net(billed) == 969)
        billed = try repair(after, billed).applied(to: billed, after)
        #expect(net(billed) == 582)
        billed = try repair(before, billed).applied(to: billed, before)
        #expect(net(billed) == 969)
    }

    @Test("leaves alone what is billed twice, wanted twice, too far ahead or too often on one day")
    func guards() throws {
        let march = try wish("small", "03-01", "04-01")
        let line = Billed(march.span, at: march.rate, amountMinor: 3100)
        #expect(throws: BillingRepairError.billedTwice(0, 1)) { try repair([march], [line, line]) }
        #expect(throws: BillingRepairError.wantedTwice(0, 1)) {
            try repair([march, wish("large", "03-31", "04-30")], [])
        }
        var guards = BillingRepair.Guards()
        guards.horizon = try #require(Day("2026-02-28"))
        #expect(throws: BillingRepairError.beyondHorizon(wanted: 0)) { try repair([march], [], guards) }
        var credited = line
        credited.credits = [BillingRepair.Credit(line.span, amountMinor: 3100)]
        let often = Array(repeating: credited, count: 15)
        #expect(throws: BillingRepairError.tooManyLines(march.span.start)) { try repair([march], often) }
        #expect(try repair([march], often.dropLast()).missing.count == 1)
        // They trip nothing where nothing is missing on that day.
        #expect(try repair([wish("small", "04-01", "05-01")], often).missing.count == 1)
    }

    @Test(
        "a second run finds nothing, no credit exceeds its charge, and what nobody wants all comes back",
        arguments: seeds)
    func properties(seed: UInt64) throws {
        var random = Seeded(seed)
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        for _ in 0..<250 {
            let rule = Proration(
                unit: try #require(Proration.Unit.allCases.randomElement(using: &random)),
                rounding: try #require(Rounding.allCases.randomElement(using: &random)))
            let schedule = Schedule.random(using: &random)
            let start = try #require(schedule.start(of: 0))
            let end = try #require(schedule.start(of: 6))
            var billed: [Billed] = []
            var history: [[Wanted]] = [[]]
            for step in 0..<5 {
                let wanted =
                    step == 3 ? history[history.count - 2] : try life(of: schedule, start, end, &random)
                let comment: Comment = "seed \(seed): \(rule), \(schedule), step \(step)"
                let repair = try BillingRepair(of: wanted, against: billed, by: rule, in: zone)
                billed = repair.applied(to: billed, wanted)
                let again = try BillingRepair(of: wanted, against: billed, by: rule, in: zone)
                #expect(again.missing == [] && again.repairs == [], comment)
                // Whatever led here, it costs what it would have cost from the beginning.
                let fresh = try BillingRepair(of: wanted, against: [], by: rule, in: zone)
                #expect(net(billed) == net(fresh.applied(to: [], wanted)), comment)
                for line in billed {
                    let credited = line.credits.reduce(0) { $0 + $1.amountMinor }
                    #expect((0...line.amountMinor).contains(credited), comment)
                }
                history.append(wanted)
            }
            // With nothing wanted any more, every cent comes back.
            let none = try BillingRepair(of: [], against: billed, by: rule, in: zone)
            let rest = net(none.applied(to: billed, []))
            #expect(rest == 0, "seed \(seed)")
        }
    }

    @Test(
        "an upgrade that is undone at once costs nothing, whatever the day and the prices", arguments: seeds)
    func undone(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let term = try #require(Schedule.random(using: &random).term(0))
            let whole = try #require(DaySpan(term.start, term.end))
            let days = term.start.days(until: term.end)
            let day = term.start.adding(days: Int.random(in: 0..<days, using: &random))
            let prices = (0..<2).map { _ in Int64.random(in: 0...100_000, using: &random) }
            let (old, new) = (
                BillingRepair.Rate(name: "old", priceMinor: prices[0], whole: whole),
                BillingRepair.Rate(name: "new", priceMinor: prices[1], whole: whole)
            )
            let before = [Wanted(whole, at: old)]
            let after =
                [DaySpan(term.start, day).map { Wanted($0, at: old) }].compactMap(\.self)
                + [DaySpan(day, term.end).map { Wanted($0, at: new) }].compactMap(\.self)
            var billed = try repair(before, []).applied(to: [], before)
            billed = try repair(after, billed).applied(to: billed, after)
            billed = try repair(before, billed).applied(to: billed, before)
            #expect(net(billed) == prices[0], "seed \(seed): \(term), \(day), \(prices)")
        }
    }

    /// The terms of a service at up to three prices, with a pause or an end now and then.
    private func life(
        of schedule: Schedule, _ start: Day, _ end: Day, _ random: inout Seeded
    ) throws -> [Wanted] {
        let days = start.days(until: end)
        let cuts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            start.adding(days: Int.random(in: 1..<days, using: &random))
        }
        var wanted: [Wanted] = []
        let edges = ([start] + cuts + [end]).sorted()
        for (from, to) in zip(edges, edges.dropFirst()) where Int.random(in: 0..<5, using: &random) > 0 {
            let price = [999, 3100, 5000].randomElement(using: &random) ?? 0
            for number in 0..<6 {
                let term = try #require(schedule.term(number))
                guard let whole = DaySpan(term.start, term.end),
                    let span = DaySpan(max(from, term.start), min(to, term.end))
                else { continue }
                let rate = BillingRepair.Rate(name: "\(price)", priceMinor: Int64(price), whole: whole)
                wanted.append(Wanted(span, at: rate))
            }
        }
        return wanted
    }

    private func repair(
        _ wanted: [Wanted], _ billed: [Billed], _ guards: BillingRepair.Guards = .init()
    ) throws -> BillingRepair {
        try BillingRepair(of: wanted, against: billed, by: Proration(), in: .gmt, guards: guards)
    }

    private func net(_ billed: [Billed]) -> Int64 {
        billed.reduce(0) { sum, line in
            line.credits.reduce(sum + line.amountMinor) { $0 - $1.amountMinor }
        }
    }

    private func span(_ start: String, _ end: String) throws -> DaySpan {
        try #require(try DaySpan(Day(row: "2026-" + start), Day(row: "2026-" + end)))
    }

    private func rate(
        _ name: String, _ start: String, _ end: String, _ priceMinor: Int64
    ) throws -> BillingRepair.Rate {
        BillingRepair.Rate(name: name, priceMinor: priceMinor, whole: try span(start, end))
    }

    private func wish(_ name: String, _ start: String, _ end: String) throws -> Wanted {
        Wanted(try span(start, end), at: try rate(name, start, end, 3100))
    }
}

extension BillingRepair {
    /// What is billed once the repair is carried out.
    fileprivate func applied(to billed: [Billed], _ wanted: [Wanted]) -> [Billed] {
        var all = billed
        for repair in repairs { all[repair.billed].credits.append(repair.credit) }
        return all
            + missing.map { Billed($0.span, at: wanted[$0.wanted].rate, amountMinor: $0.amountMinor) }
    }
}
