import BillingMath
import Foundation
import Kernel
import Testing

@Suite("Discounts that items hold")
struct HeldDiscountTests {
    private static func january() throws -> Day { try #require(Day("2027-01-01")) }

    private struct Days {
        var from = "2027-01-01"
        var until: String?
        var endedOn: String?
    }

    private static func held(
        _ value: Discount.Value, on kinds: Set<Charge.Kind> = [.recurring], _ days: Days = Days(),
        id: String = "dsc_1"
    ) throws -> HeldDiscount {
        HeldDiscount(
            id: id, name: "Spring", value: value, kinds: kinds, from: try #require(Day(days.from)),
            until: try days.until.map { try #require(Day($0)) },
            endedOn: try days.endedOn.map { try #require(Day($0)) })
    }

    private static func percent(_ text: String) throws -> Discount.Value {
        .percent(try #require(ExactDecimal(text)))
    }

    private func plan(
        _ discounts: [HeldDiscount], at unitMinor: Int64 = 3100, setUpMinor: Int64 = 0,
        from start: String = "2027-01-01", through day: String = "2027-01-01"
    ) throws -> InvoicePlan {
        let month = try #require(Interval(1, .month))
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let item = DueItem(
            span: ScheduleSpan(
                Schedule(anchor: try Self.january(), interval: month), from: Day(start)),
            nextTerm: 0, quantity: .one,
            price: UnitPrice(
                currency: try #require(Currency("EUR")), recurringMinor: unitMinor, setUpMinor: setUpMinor),
            discounts: discounts)
        let tax = CustomerTax(
            rate: try #require(TaxRate(ratePPM: 190_000)), rounding: .line,
            reason: .countryRate(try #require(CountryCode("DE")), name: "USt"))
        return InvoicePlan(
            items: [item],
            rules: BillingRules(
                throughDay: try #require(Day(day)), issuedOn: try #require(Day(day)), tax: tax, zone: zone,
                termLimit: 24))
    }

    @Test("a percentage is taken off each term that lies within its days")
    func terms() throws {
        let discount = try Self.held(
            Self.percent("12.5"), Days(from: "2027-02-01", until: "2027-04-01"))
        let plan = try plan([discount], through: "2027-05-01")
        // 31.00 × 12.5 % = 3.875, half up 3.88; February and March only
        #expect(plan.invoices.map(\.netMinor) == [3100, 2712, 2712, 3100, 3100])
        #expect(plan.invoices[1].lines[0].charge.discountMinor == 388)
    }

    @Test("a term that begins on the day on which it was ended does not have it")
    func ended() throws {
        let plan = try plan(
            [Self.held(Self.percent("10"), Days(endedOn: "2027-03-01"))], through: "2027-03-01")
        #expect(plan.invoices.map(\.netMinor) == [2790, 2790, 3100])
    }

    @Test("a part of a term costs the part of what the whole costs with its discounts")
    func part() throws {
        let plan = try plan([Self.held(.amount(600))], from: "2027-01-20", through: "2027-01-20")
        let charge = try #require(plan.invoices.first?.lines.first?.charge)
        // 31.00 - 6.00 = 25.00, × 12/31 = 9.677…; without it 31.00 × 12/31 = 12.00
        #expect((charge.amountMinor, charge.fullMinor, charge.discountMinor) == (968, 1200, 232))
        #expect((charge.wholeMinor, charge.discountedMinor) == (3100, 2500))
    }

    @Test("an amount for both is taken off the term first, and what is left of it off the set-up")
    func both() throws {
        let both = Set(Charge.Kind.allCases)
        let plan = try plan([Self.held(.amount(4000), on: both)], setUpMinor: 1500)
        #expect(plan.invoices[0].lines.map(\.netMinor) == [0, 600])
        let small = try self.plan([Self.held(.amount(500), on: both)], setUpMinor: 1500)
        #expect(small.invoices[0].lines.map(\.netMinor) == [2600, 1500])
    }

    @Test("an explanation of a discounted line gives the same cent again, and names each discount")
    func explained() throws {
        let discounts = [
            try Self.held(Self.percent("33.33"), id: "dsc_1"), try Self.held(.amount(500), id: "dsc_2"),
        ]
        let plan = try plan(discounts, at: 1999, from: "2027-01-20", through: "2027-01-20")
        let invoice = try #require(plan.invoices.first)
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let month = try #require(Interval(1, .month))
        let item = DueItem(
            span: ScheduleSpan(
                Schedule(anchor: try Self.january(), interval: month), from: Day("2027-01-20")),
            nextTerm: 0, quantity: .one,
            price: UnitPrice(currency: invoice.currency, recurringMinor: 1999), discounts: discounts)
        let rules = BillingRules(
            throughDay: try Self.january(), issuedOn: try Self.january(), tax: try Self.tax(), zone: zone,
            termLimit: 24)
        let json = Explanation(invoice.lines[0], of: invoice, for: item, price: nil, rules: rules).json
        let line = try ExplainedLine(json: json)
        // 19.99 × 33.33 % = 6.662667, half up 6.66; 13.33 - 5.00 = 8.33; × 12/31 = 3.2245…
        #expect(line.amount.amountMinor == 322)
        #expect(try line.recomputed == line.amount)
        #expect(
            line.sentences.filter { $0.hasPrefix("Less") } == [
                "Less “Spring”: 19.99 × 33.33 % = 6.662667, rounded half up: 6.66 EUR.",
                "Less “Spring”: at most 5.00 of 13.33 = 5.00 EUR.",
            ])
    }

    private static func tax() throws -> CustomerTax {
        CustomerTax(
            rate: try #require(TaxRate(ratePPM: 190_000)), rounding: .line,
            reason: .countryRate(try #require(CountryCode("DE")), name: "USt"))
    }
}
