import BillingMath
import Kernel
import Testing

@Suite("Invoice plans")
struct InvoicePlanTests {
    /// Item: anchor, interval, next term, cancellation, quantity, unit price, set-up fee, currency.
    /// Invoice: day, currency, net, tax and gross, then the lines as item.kind.term=net+tax.
    typealias Row = (name: String, throughDay: String, items: [String], invoices: [String], next: [String])
    static let plans: [Row] = [
        (
            "nothing is due", "2026-11-29",
            ["2026-01-31 1month 10 - 1 499 0 EUR"], [], ["10 2026-11-30"]
        ),
        (
            "one term is due on its first day", "2026-11-30",
            ["2026-01-31 1month 10 - 1 499 0 EUR"],
            ["2026-11-30 EUR 499+95=594 0.recurring.10=499+95"], ["11 2026-12-31"]
        ),
        (
            "two terms behind are two invoices", "2026-12-01",
            ["2026-10-15 1month 0 - 2 798 0 JPY"],
            [
                "2026-10-15 JPY 1596+303=1899 0.recurring.0=1596+303",
                "2026-11-15 JPY 1596+303=1899 0.recurring.1=1596+303",
            ],
            ["2 2026-12-15"]
        ),
        (
            "the set-up fee comes with term 0 only, behind the recurring line", "2026-12-01",
            ["2026-11-01 1month 0 - 1.5 499 1000 EUR"],
            [
                "2026-11-01 EUR 2249+427=2676 0.recurring.0=749+142 0.set_up.0=1500+285",
                "2026-12-01 EUR 749+142=891 0.recurring.1=749+142",
            ],
            ["2 2027-01-01"]
        ),
        (
            "items that start on the same day share an invoice, by currency", "2026-12-01",
            [
                "2026-11-01 1month 1 - 1 100 0 USD", "2025-12-01 1year 1 - 1 200 0 EUR",
                "2026-12-01 1month 0 - 1 300 50 EUR",
            ],
            [
                "2026-12-01 EUR 550+105=655 1.recurring.1=200+38 2.recurring.0=300+57 2.set_up.0=50+10",
                "2026-12-01 USD 100+19=119 0.recurring.1=100+19",
            ],
            ["2 2027-01-01", "2 2027-12-01", "1 2027-01-01"]
        ),
        (
            "nothing starts on or after the cancellation", "2026-12-31",
            ["2026-11-01 1month 0 2026-12-01 1 100 0 EUR", "2026-11-01 1month 1 2026-12-01 1 100 0 EUR"],
            ["2026-11-01 EUR 100+19=119 0.recurring.0=100+19"], ["1 nil", "1 nil"]
        ),
        (
            "a free term is still a term", "2026-12-01",
            ["2026-12-01 1month 0 - 1 0 0 EUR"],
            ["2026-12-01 EUR 0+0=0 0.recurring.0=0+0"], ["1 2027-01-01"]
        ),
        (
            "an item stops at the limit of terms and says where it goes on", "2027-12-01",
            ["2026-12-01 1month 0 - 1 100 0 EUR"],
            [
                "2026-12-01 EUR 100+19=119 0.recurring.0=100+19",
                "2027-01-01 EUR 100+19=119 0.recurring.1=100+19",
                "2027-02-01 EUR 100+19=119 0.recurring.2=100+19",
            ],
            ["3 2027-03-01"]
        ),
        ("no items give no invoices", "2026-12-01", [], [], []),
        (
            "in arrears a term is not due on the day before its end", "2026-12-29",
            ["2026-11-30 1month 0 - 1 499 0 EUR arrears"], [], ["0 2026-12-30"]
        ),
        (
            "in arrears a term is due on the day of its end", "2026-12-30",
            ["2026-11-30 1month 0 - 1 499 0 EUR arrears"],
            ["2026-12-30 EUR 499+95=594 0.recurring.0=499+95"], ["1 2027-01-30"]
        ),
        (
            "in arrears November is billed on the day on which December is in advance", "2026-12-01",
            [
                "2026-11-01 1month 0 - 1 499 1000 EUR arrears", "2026-11-01 1month 1 - 1 300 0 EUR",
            ],
            // 4.99 + 10.00 + 3.00; 19 % of them 0.95 + 1.90 + 0.57
            [
                "2026-12-01 EUR 1799+342=2141 0.recurring.0=499+95 0.set_up.0=1000+190 1.recurring.1=300+57"
            ],
            ["1 2027-01-01", "2 2027-01-01"]
        ),
        (
            "in arrears the term that runs on the cancellation is billed at its end", "2026-12-31",
            ["2026-11-01 1month 0 2026-11-15 1 100 0 EUR arrears"],
            ["2026-12-01 EUR 100+19=119 0.recurring.0=100+19"], ["1 nil"]
        ),
        (
            "in arrears an item stops at the limit of terms", "2027-12-01",
            ["2026-12-01 1month 0 - 1 100 0 EUR arrears"],
            [
                "2027-01-01 EUR 100+19=119 0.recurring.0=100+19",
                "2027-02-01 EUR 100+19=119 0.recurring.1=100+19",
                "2027-03-01 EUR 100+19=119 0.recurring.2=100+19",
            ],
            ["3 2027-04-01"]
        ),
        (
            "in arrears a term that the calendar does not end is never due", "9999-12-31",
            ["9999-11-15 1month 0 - 1 100 0 EUR arrears"],
            ["9999-12-15 EUR 100+19=119 0.recurring.0=100+19"], ["1 nil"]
        ),
        (
            "the last term that begins in the calendar has no next", "9999-11-20",
            ["9999-10-20 2month 0 - 1 100 0 EUR"],
            ["9999-10-20 EUR 100+19=119 0.recurring.0=100+19"], ["1 9999-12-20"]
        ),
    ]

    @Test("A plan holds one invoice per day and currency", arguments: plans)
    func plan(_ row: Row) throws {
        let rules = try BillingRules.german(throughDay: row.throughDay, termLimit: 3)
        let plan = InvoicePlan(items: try row.items.map(DueItem.init(row:)), rules: rules)
        #expect(plan.invoices.map(\.summary) == row.invoices, "\(row.name)")
        #expect(plan.next.map { "\($0.number) \($0.dueOn?.description ?? "nil")" } == row.next, "\(row.name)")
        #expect(plan.failures.isEmpty, "\(row.name)")
    }

    @Test("Tax is rounded on each line, by rate or on the invoice, as the rules say")
    func taxRounding() throws {
        let items = try [
            "2026-12-01 1month 0 - 1 105 0 EUR", "2026-12-01 1month 0 - 1 105 0 EUR",
            "2026-12-01 1month 0 - 1 105 0 EUR",
        ].map(DueItem.init(row:))
        let taxes = try TaxRounding.allCases.map { rounding in
            let rules = try BillingRules.german(throughDay: "2026-12-01", percent: "10", rounding: rounding)
            return InvoicePlan(items: items, rules: rules).invoices.flatMap { $0.lines.map(\.taxMinor) }
        }
        #expect(taxes == [[11, 11, 11], [11, 11, 10], [11, 11, 10]])
    }

    @Test("An item whose amount overflows is left out alone and stands where it stood")
    func overflowingItem() throws {
        let items = try [
            "2026-12-01 1month 0 - 1 100 0 EUR", "2026-12-01 1month 0 - 2 \(Int64.max) 0 EUR",
            "2026-12-01 1month 0 - 2 1 \(Int64.max) EUR", "2026-12-01 1month 0 - 1 200 0 EUR",
        ].map(DueItem.init(row:))
        let plan = InvoicePlan(items: items, rules: try .german(throughDay: "2026-12-01"))
        #expect(
            plan.failures == [
                ItemFailure(item: 1, reason: .overflow), ItemFailure(item: 2, reason: .overflow),
            ])
        #expect(
            plan.invoices.map(\.summary) == [
                "2026-12-01 EUR 300+57=357 0.recurring.0=100+19 3.recurring.0=200+38"
            ])
        #expect(plan.next.map(\.number) == [1, 0, 0, 1])
    }

    @Test("When only the sum overflows, the largest item is left out", arguments: TaxRounding.allCases)
    func overflowingSum(rounding: TaxRounding) throws {
        let items = try [
            "2026-11-01 1month 0 - 1 100 0 EUR", "2026-11-01 1month 0 - 1 \(Int64.max / 5 * 4) 0 EUR",
            "2026-11-01 1month 0 - 1 \(Int64.max / 5 * 3) 0 EUR",
        ].map(DueItem.init(row:))
        let plan = InvoicePlan(items: items, rules: try .german(throughDay: "2026-12-01", rounding: rounding))
        #expect(plan.failures == [ItemFailure(item: 1, reason: .overflow)])
        #expect(plan.invoices.count == 2)
        #expect(plan.invoices.allSatisfy { $0.lines.map(\.item) == [0, 2] })
        #expect(plan.next.map(\.number) == [2, 0, 2])
    }

    @Test("Each item is billed through a day of its own, and none behind the day at which the rules end")
    func ownDays() throws {
        let item = try DueItem(row: "2026-12-01 1month 0 - 1 100 0 EUR")
        func through(_ day: String) throws -> DueItem {
            DueItem(
                span: item.span, nextTerm: 0, quantity: item.quantity,
                price: item.price, throughDay: try Day(row: day))
        }
        let items = [try through("2026-12-01"), try through("2027-01-15"), try through("2026-11-30")]
        let plan = InvoicePlan(items: items, rules: try .german(throughDay: "9999-12-31"))
        #expect(
            plan.invoices.map(\.summary) == [
                "2026-12-01 EUR 200+38=238 0.recurring.0=100+19 1.recurring.0=100+19",
                "2027-01-01 EUR 100+19=119 1.recurring.1=100+19",
            ])
        #expect(plan.next.map(\.number) == [1, 2, 0])
        let ended = InvoicePlan(items: items, rules: try .german(throughDay: "2026-12-20"))
        #expect(ended.next.map(\.number) == [1, 1, 0])
        #expect(zip(items, ended.next).map { $0.standing(at: $1).isDue } == [false, true, false])
    }

    @Test("Terms that are billed ahead of a gap are not billed again, and the next term is behind them")
    func billedAhead() throws {
        let item = try DueItem(row: "2026-01-31 1month 1 - 1 499 0 EUR")
        let gap = DueItem(
            span: item.span, nextTerm: 1, billedAhead: [2, 3, 5],
            quantity: item.quantity, price: item.price)
        let early = InvoicePlan(items: [gap], rules: try .german(throughDay: "2026-02-28"))
        #expect(early.invoices.map(\.summary) == ["2026-02-28 EUR 499+95=594 0.recurring.1=499+95"])
        #expect(early.next.map(\.number) == [4])
        #expect(gap.standing(at: early.next[0]).billedAhead == [5])
        let late = InvoicePlan(items: [gap], rules: try .german(throughDay: "2026-07-31"))
        #expect(late.invoices.flatMap(\.lines).map(\.term.number) == [1, 4, 6])
        #expect(late.next.map(\.number) == [7])
        let rest = InvoicePlan(
            items: [gap.standing(at: early.next[0])], rules: try .german(throughDay: "2026-07-31"))
        #expect(early.invoices + rest.invoices == late.invoices)
    }

    @Test("A due term that ends after the calendar fails its item only")
    func calendarEnds() throws {
        let items = try [
            "9999-12-01 1month 0 - 1 100 0 EUR", "9999-11-01 1month 0 - 1 200 0 EUR",
        ].map(DueItem.init(row:))
        let plan = InvoicePlan(items: items, rules: try .german(throughDay: "9999-11-30"))
        #expect(plan.failures.isEmpty)
        let late = InvoicePlan(items: items, rules: try .german(throughDay: "9999-12-31"))
        #expect(late.failures.map(\.reason) == [.calendarEnds, .calendarEnds])
        #expect(late.invoices.isEmpty)
    }
}
