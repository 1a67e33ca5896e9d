import BillingMath
import Foundation
import Kernel
import Seeds
import Testing

@Suite("Proration")
struct ProrationTests {
    static let changes:
        [(unit: Proration.Unit, day: Proration.ChangeDay, term: String, changedOn: String, rest: String)] = [
            // 20 to 31 March are 12 days of 31.
            (.day, .following, "2026-03-01 2026-04-01", "2026-03-20", "12/31"),
            // The 20th is paid for: 21 to 31 March.
            (.day, .preceding, "2026-03-01 2026-04-01", "2026-03-20", "11/31"),
            (.day, .following, "2026-03-01 2026-04-01", "2026-03-01", "1"),
            (.day, .following, "2026-03-01 2026-04-01", "2026-02-01", "1"),
            (.day, .following, "2026-03-01 2026-04-01", "2026-04-01", "0"),
            (.day, .following, "2026-03-01 2026-04-01", "2027-01-01", "0"),
            (.day, .preceding, "2026-03-01 2026-04-01", "2026-03-31", "0"),
            // 2028 is a leap year: 366 days, 307 of them from 29 February on.
            (.day, .following, "2028-01-01 2029-01-01", "2028-02-29", "307/366"),
            // The clocks go forward on the 29th: 31 days less an hour, of which 3 days less that hour.
            (.second, .following, "2026-03-01 2026-04-01", "2026-03-29", "71/743"),
            (.second, .following, "2026-03-01 2026-04-01", "2026-03-30", "48/743"),
            // And back on 25 October: 745 hours.
            (.second, .following, "2026-10-01 2026-11-01", "2026-10-25", "169/745"),
            (.second, .preceding, "2026-10-01 2026-11-01", "2026-10-25", "144/745"),
            // 30 days each: 20 to 30 are 11, and a 31st counts as the 30th.
            (.fixed30, .following, "2026-03-01 2026-04-01", "2026-03-20", "11/30"),
            (.fixed30, .following, "2026-02-01 2026-03-01", "2026-02-20", "11/30"),
            (.fixed30, .following, "2026-01-31 2026-02-28", "2026-02-10", "2/3"),
            (.fixed30, .following, "2026-01-15 2027-01-15", "2026-07-15", "0.5"),
        ]

    @Test("leaves what of a term is not used, by the policy's count", arguments: changes)
    func rest(
        unit: Proration.Unit, day: Proration.ChangeDay, term: String, changedOn: String, rest: String
    ) throws {
        let days = try term.split(separator: " ").map { try #require(Day(String($0))) }
        let rule = Proration(unit: unit, changeDay: day)
        let changed = try #require(Day(changedOn))
        let found = try #require(rule.rest(of: days[0], to: days[1], changedOn: changed, in: berlin()))
        #expect("\(found.fraction)" == rest)
        #expect(found.used + found.unused == found.whole)
    }

    @Test("by seconds goes by the moment, and by days by the day on which it falls in the zone")
    func moment() throws {
        let (start, end) = (try #require(Day("2026-03-01")), try #require(Day("2026-04-01")))
        // In Berlin it is the 30th, an hour past midnight.
        let moment = try #require(Instant("2026-03-29T23:00:00Z"))
        let exact = try #require(
            Proration(unit: .second).rest(of: start, to: end, changedAt: moment, in: berlin()))
        #expect("\(exact.fraction)" == "47/743")
        let daily = try #require(Proration().rest(of: start, to: end, changedAt: moment, in: berlin()))
        #expect("\(daily.fraction)" == "2/31")
        let there = try #require(Proration().rest(of: start, to: end, changedAt: moment, in: .gmt))
        #expect("\(there.fraction)" == "3/31")
    }

    @Test("has nothing to share out in a term without a unit")
    func empty() throws {
        let (day, last) = (try #require(Day("2026-01-30")), try #require(Day("2026-01-31")))
        #expect(Proration().rest(of: day, to: day, changedOn: day, in: .gmt) == nil)
        #expect(Proration().rest(of: last, to: day, changedOn: day, in: .gmt) == nil)
        #expect(Proration(unit: .fixed30).rest(of: day, to: last, changedOn: day, in: .gmt) == nil)
    }

    @Test("credits what was charged and no more")
    func credit() throws {
        let (start, end) = (try #require(Day("2026-03-01")), try #require(Day("2026-04-01")))
        let euro = try #require(Currency("EUR"))
        let rule = Proration()
        let changed = try #require(Day("2026-03-20"))
        let rest = try #require(rule.rest(of: start, to: end, changedOn: changed, in: .gmt))
        // 10.00 × 12/31 = 3.8709…
        #expect("\(try rule.exact(1000, of: euro, for: rest))" == "120/31")
        #expect(try rule.charge(1000, of: euro, for: rest) == 387)
        for (basis, charged, credited, amount) in [
            // The price has risen to 10.00 since 5.00 was charged: 3.87 of what was paid.
            (1000, 500, 0, 387), (500, 500, 0, 194),
            // Only 1.00 of it is still there to give back.
            (500, 500, 400, 100), (500, 500, 500, 0), (500, 500, 600, 0), (9000, 500, 0, 500), (0, 0, 0, 0),
        ] as [(Int64, Int64, Int64, Int64)] {
            let found = try rule.credit(
                basis, of: euro, for: rest, from: .init(charged, creditedMinor: credited))
            #expect(found == amount, "\(basis) \(charged) \(credited)")
        }
    }

    @Test("of a split term differs from the whole by no more than the rounding", arguments: seeds)
    func split(seed: UInt64) throws {
        var random = Seeded(seed)
        let zones = TimeZone.knownTimeZoneIdentifiers.compactMap { TimeZone(identifier: $0) }
        let currencies = try ["EUR", "JPY", "KWD", "CLF"].map { try #require(Currency($0)) }
        for _ in 0..<250 {
            let term = try #require(
                Schedule.random(using: &random).term(Int.random(in: 0...40, using: &random)))
            let zone = try #require(zones.randomElement(using: &random))
            let currency = try #require(currencies.randomElement(using: &random))
            let rule = Proration(
                unit: try #require(Proration.Unit.allCases.randomElement(using: &random)),
                changeDay: try #require(Proration.ChangeDay.allCases.randomElement(using: &random)),
                rounding: try #require(Rounding.allCases.randomElement(using: &random)))
            let day = term.start.adding(
                days: Int.random(in: -2...term.start.days(until: term.end) + 2, using: &random))
            guard let rest = rule.rest(of: term.start, to: term.end, changedOn: day, in: zone) else {
                continue
            }
            let amount = Int64.random(in: 0...1_000_000, using: &random)
            let comment: Comment = "seed \(seed): \(rule), \(term), \(day), \(zone), \(amount) \(currency)"

            let unused = try rule.exact(amount, of: currency, for: rest)
            let used =
                try Fraction(amount, of: currency) * Fraction(Int128(rest.used), over: Int128(rest.whole))
            #expect(try used + unused == Fraction(amount, of: currency), comment)
            let credit = try rule.credit(
                amount, of: currency, for: rest, from: .init(amount))
            #expect((0...amount).contains(credit), comment)
            let parts = try used.minor(of: currency, rule.rounding) + credit
            #expect(abs(parts - amount) <= 1, comment)
            // A change that is undone at once nets to nothing.
            #expect(try rule.charge(amount, of: currency, for: rest) == credit, comment)
        }
    }

    private func berlin() throws -> TimeZone { try #require(TimeZone(identifier: "Europe/Berlin")) }
}
