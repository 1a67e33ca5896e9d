import BillingMath
import Foundation
import Kernel
import Testing

@Suite("A price that becomes another")
struct FollowedPriceTests {
    /// Monthly from 31 January 2027: 28 February, 31 March, 30 April.
    private static func schedule() throws -> Schedule {
        Schedule(anchor: try #require(Day("2027-01-31")), interval: try #require(Interval(1, .month)))
    }

    @Test(
        "is taken by the first term that starts on its day or later and has none billed at or behind it",
        arguments: [
            // changed on, next term, billed ahead, taken by, from
            "2027-01-01 | 0 |     | 0 | 2027-01-31",
            "2027-01-31 | 0 |     | 0 | 2027-01-31",
            "2027-02-01 | 0 |     | 1 | 2027-02-28",
            "2027-02-28 | 0 |     | 1 | 2027-02-28",
            "2027-03-01 | 0 |     | 2 | 2027-03-31",
            "2027-03-01 | 5 |     | 5 | 2027-06-30",
            "2027-03-01 | 1 | 2 3 | 4 | 2027-05-31",
            "2027-03-01 | 1 | 2   | 3 | 2027-04-30",
        ])
    func term(row: String) throws {
        let cells = row.split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingPrefix { $0 == " " }.split(separator: " ").map(String.init) }
        let span = ScheduleSpan(try Self.schedule())
        let (day, next) = (try #require(Day(cells[0][0])), try #require(Int(cells[1][0])))
        let number = span.firstTerm(from: day, behind: next, Set(cells[2].compactMap { Int($0) }))
        #expect(number.map(String.init) == cells[3][0])
        #expect(number.flatMap(span.start(of:))?.description == cells[4][0])
    }

    @Test("is taken by no term behind the end, and a part of a term keeps the price of the term")
    func ends() throws {
        let terms = try Self.schedule()
        let (start, end) = (try #require(Day("2027-03-10")), try #require(Day("2027-03-31")))
        let day = try #require(Day("2027-03-01"))
        #expect(ScheduleSpan(terms, from: start, to: end).firstTerm(from: day, behind: 1, []) == nil)
        #expect(ScheduleSpan(terms, cancelOn: end).firstTerm(from: day, behind: 1, []) == nil)
        #expect(ScheduleSpan(terms, from: start).firstTerm(from: day, behind: 1, []) == 2)
    }

    @Test("cuts what is due in two: no term is lost, none is billed twice, and the set-up fee goes along")
    func cut() throws {
        let euro = try #require(Currency("EUR"))
        let item = DueItem(
            span: ScheduleSpan(try Self.schedule()), nextTerm: 0, quantity: .one,
            price: UnitPrice(currency: euro, recurringMinor: 3100, setUpMinor: 500),
            throughDay: try #require(Day("2027-04-01")))
        let raised = UnitPrice(currency: euro, recurringMinor: 3720, setUpMinor: 700)
        let days = try ["2027-01-31", "2027-03-01", "2027-04-01"].map { try #require(Day($0)) }
        #expect(item.following(raised, from: days[2]) == nil)
        let late = try #require(item.following(raised, from: days[1]))
        #expect(late.before.setUpTerm == 0 && late.after.setUpTerm == nil)
        let rules = BillingRules(
            throughDay: .last, issuedOn: .last,
            tax: CustomerTax(
                rate: .zero, rounding: .line, reason: .noRate(try #require(CountryCode("DE")))),
            zone: .gmt, termLimit: 24)
        let plan = InvoicePlan(items: [late.before, late.after], rules: rules)
        // 31 January with the fee, 28 February; 31 March at 37.20
        #expect(plan.invoices.map(\.netMinor) == [3600, 3100, 3720])
        let atOnce = try #require(item.following(raised, from: days[0]))
        #expect(atOnce.before.setUpTerm == nil && atOnce.after.setUpTerm == 0)
        let raisedPlan = InvoicePlan(items: [atOnce.before, atOnce.after], rules: rules)
        #expect(raisedPlan.invoices.map(\.netMinor) == [4420, 3720, 3720])
    }
}
