import BillingMath
import Foundation
import Kernel
import Testing

@Suite("Explanations that are read back")
struct ExplainedLineTests {
    @Test("A term taxed by line is told step by step, and comes to the same cent")
    func wholeTerm() throws {
        let line = try #require(try read(["2026-01-31 1month 10 2027-01-01 1.5 499 0 EUR"]).first)
        #expect(
            line.sentences == [
                "Billed for 2026-11-30 through 2026-12-30 (31 days): term 10, counted from 0 at 2026-01-31, "
                    + "one every month.",
                "Every term that starts on or before 2026-12-01 was due when the invoice was made.",
                "No term that starts on or after 2027-01-01 is billed: cancelled, or not renewed yet.",
                "Price before tax: 4.99 × 1.5 = 7.485, rounded half up: 7.49 EUR.",
                "Tax: 19 %, the rate of DE, called USt.",
                "Tax is rounded on each line: 7.49 × 19 % = 1.4231, rounded half up: 1.42 EUR.",
            ])
        #expect(try ExplainedLine.recomputed([line]).map(\.text) == ["7.49 + 1.42"])
    }

    @Test("Tax that is rounded on the invoice is shared out over all lines, in their order")
    func byInvoice() throws {
        // 210 × 19 % = 39.9 → 40. Exact shares 19.95, 19 and 0.95: down to 38, and two bear one more.
        let lines = try read(
            ["2026-12-01 3month 0 - 1 105 0 JPY", "2026-12-01 3month 0 - 1 100 5 JPY"], rounding: .invoice)
        #expect(
            lines[2].sentences == [
                "Billed once: the set-up, with the term that starts on 2026-12-01.",
                "Every term that starts on or before 2026-12-01 was due when the invoice was made.",
                "Price before tax: 5 × 1 = 5 JPY.",
                "Tax: 19 %, the rate of DE, called USt.",
                "Tax is rounded once, on the sum of the invoice's lines: "
                    + "210 × 19 % = 39.9, rounded half up: 40 JPY.",
                "Of that this line bears 1 JPY, by largest remainder; its exact tax is 0.95.",
            ])
        #expect(lines[0].sentences[0].hasSuffix("one every 3 months."))
        #expect(try ExplainedLine.recomputed(lines).map(\.text) == ["105 + 20", "100 + 19", "5 + 1"])
        #expect(try ExplainedLine.recomputed([lines[2]]).map(\.text) == ["5 + 1"], "0.95 → 1 on its own")
    }

    @Test("A term in arrears is told to be billed at its end, and what is paid once without a rhythm")
    func timing() throws {
        let arrears = try #require(try read(["2026-11-01 1month 0 - 1 499 0 EUR arrears"]).first)
        #expect(
            arrears.sentences.prefix(3) == [
                "Billed for 2026-11-01 through 2026-11-30 (30 days): term 0, counted from 0 at 2026-11-01, "
                    + "one every month.",
                "Billed in arrears: when what is billed of the term ends.",
                "Every term that ends on or before 2026-12-01 was due when the invoice was made.",
            ])
        let once = DueItem(
            span: .once(on: try Day(row: "2026-11-20")), nextTerm: 0, quantity: .one,
            price: UnitPrice(currency: try #require(Currency("EUR")), recurringMinor: 1200), isPaidOnce: true)
        let line = try #require(try read([once], rules: .german(throughDay: "2026-12-31")).first?.first)
        #expect(line.sentences[0] == "Billed once, on 2026-11-20.")
        let plan = InvoicePlan(items: [once], rules: try .german(throughDay: "2026-12-31"))
        #expect(plan.next.map(\.dueOn) == [nil], "nothing follows it")
    }

    static let parts: [(from: String, to: String?, minor: Int64, steps: [String], net: String)] = [
        (
            "2026-12-20", nil, 3100,
            [
                "Billed for 2026-12-20 through 2026-12-31 (12 days), a part of 2026-12-01 through 2026-12-31 "
                    + "(31 days): term 0, counted from 0 at 2026-12-01, one every month.",
                "Price of the whole term before tax: 31.00 × 1 = 31.00 EUR.",
                "The part is 12 of 31 days: 31.00 × 12/31 = 12.00 EUR.",
                "The day of a change belongs to what follows it.",
            ], "12.00"
        ),
        (
            // 19.99 × 12/31 = 7.738…
            "2026-12-20", nil, 1999,
            ["The part is 12 of 31 days: 19.99 × 12/31 = 5997/775, rounded half up: 7.74 EUR."], "7.74"
        ),
        (
            // 1.00 in thirds of 10 and 11 days: 0.68 is left from the 11th on, 0.35 from the 21st on.
            "2026-12-11", "2026-12-21", 100,
            [
                "The part is 10 of 31 days: 1.00 × 21/31 = 21/31, rounded half up: 0.68; "
                    + "1.00 × 11/31 = 11/31, rounded half up: 0.35; 0.68 - 0.35 = 0.33 EUR."
            ], "0.33"
        ),
        (
            "2026-12-31", "2027-01-01", 100,
            ["Billed for 2026-12-31 through 2026-12-31 (1 day), a part of "], "0.03"
        ),
    ]

    @Test("Of a part of a term the whole is told first, then the part", arguments: parts)
    func part(from: String, to: String?, minor: Int64, steps: [String], net: String) throws {
        let schedule = Schedule(
            anchor: try Day(row: "2026-12-01"), interval: try #require(Interval(1, .month)))
        let item = DueItem(
            span: ScheduleSpan(schedule, from: try Day(row: from), to: try to.map(Day.init(row:))),
            nextTerm: 0, quantity: .one,
            price: UnitPrice(currency: try #require(Currency("EUR")), recurringMinor: minor))
        let line = try #require(try read([item], rules: .german(throughDay: "2026-12-31")).first?.first)
        for step in steps {
            #expect(line.sentences.contains { $0.hasPrefix(step) }, "\(step)\n\(line.sentences)")
        }
        #expect(try line.recomputed.decimal == net)
    }

    @Test("Why there is no tax is told")
    func reasons() throws {
        let reasons: [(LineTax.Reason, String)] = [
            (.exempt, "Tax: 0 %, because the customer is exempt."),
            (.noRate(try #require(CountryCode("CH"))), "Tax: 0 %, because there is no rate for CH."),
        ]
        for (reason, sentence) in reasons {
            let rules = BillingRules(
                throughDay: try Day(row: "2026-12-01"), issuedOn: try Day(row: "2026-12-01"),
                tax: CustomerTax(rate: .zero, rounding: .line, reason: reason), zone: .gmt, termLimit: 1)
            let item = try DueItem(row: "2026-12-01 1month 0 - 1 105 0 EUR")
            let line = try #require(try read([item], rules: rules).first?.first)
            #expect(line.tax.tax.reason == reason)
            #expect(line.sentences.contains(sentence))
            #expect(line.sentences.contains("Tax is rounded on each line: 1.05 × 0 % = 0.00 EUR."))
        }
    }

    @Test("The example of the guide is what the code says")
    func guide() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/guides/explanations.md").standardized
        let words = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        let schedule = Schedule(
            anchor: try Day(row: "2026-12-01"), interval: try #require(Interval(1, .month)))
        let item = DueItem(
            span: ScheduleSpan(schedule, from: try Day(row: "2026-12-20")), nextTerm: 0, quantity: .one,
            price: UnitPrice(currency: try #require(Currency("EUR")), recurringMinor: 1999))
        let applied = [
            Self.told("invoice_days_before_due", .whole(0), "system"),
            Self.told("proration_unit", .word("day"), "system"),
            Self.told("change_day", .word("following"), "system"),
            Self.told("proration_rounding", .word("half_up"), "system"),
            Self.told("payment_terms_days", .whole(30), "customer_group"),
            Self.told("tax_rounding", .word("line"), "tenant"),
        ]
        let rules = try BillingRules.german(throughDay: "2026-12-20")
        let invoice = try #require(InvoicePlan(items: [item], rules: rules).invoices.first)
        let written = Explanation(invoice.lines[0], of: invoice, for: item, price: nil, rules: rules)
        let line = try ExplainedLine(json: written.naming(applied).json)
        #expect(words.joined(separator: " ").contains(line.sentences.joined(separator: " ")))
        #expect(try ExplainedLine.recomputed([line]).map(\.text) == ["7.74 + 1.47"])
    }

    static let policies: [(AppliedPolicy, String)] = [
        (
            told("invoice_days_before_due", .whole(14), "customer_group"),
            "Invoiced 14 days before the term starts: decided for the customer group."
        ),
        (
            told("invoice_days_before_due", .whole(1), "subscription"),
            "Invoiced 1 day before the term starts: decided for the subscription."
        ),
        (
            told("invoice_days_before_due", .whole(0), "system"),
            "Invoiced on the day on which the term starts: as MPanel ships it, nobody decided otherwise."
        ),
        (
            told("payment_terms_days", .whole(30), "customer"),
            "Payable 30 days after issue, and not before the service begins: decided for the customer."
        ),
        (
            told("payment_terms_days", .whole(0), "tenant"),
            "Payable at once, and not before the service begins: decided for the whole company."
        ),
        (
            told("tax_rounding", .word("line"), "tenant"),
            "Tax rounded on each line: decided for the whole company."
        ),
        (
            told("tax_rounding", .word("invoice"), "tenant"),
            "Tax rounded once on the invoice: decided for the whole company."
        ),
        (
            told("proration_unit", .word("fixed_30"), "tenant"),
            "Parts of a term counted in days of 30-day months: decided for the whole company."
        ),
        (
            told("proration_rounding", .word("half_even"), "tenant"),
            "Prices of parts rounded half to even: decided for the whole company."
        ),
        (
            told("change_day", .word("preceding"), "tenant"),
            "The day of a change belongs to what was before it: decided for the whole company."
        ),
        (told("later_days", .whole(3), "tenant"), "later_days is 3: decided for the whole company."),
        (told("later_word", .word("so"), "tenant"), "later_word is so: decided for the whole company."),
    ]

    @Test("Each policy is told with its value and the level that decided", arguments: policies)
    func policy(applied: AppliedPolicy, sentence: String) throws {
        let line = try ExplainedLine(json: manual().naming([applied]).json)
        #expect(
            line.sentences == [
                "Written by hand: no term stands behind it.",
                "Price before tax: 4.99 × 1.5 = 7.485, rounded half up: 7.49 EUR.",
                "Tax: 19 %, the rate of DE, called USt.",
                "Tax is rounded on each line: 7.49 × 19 % = 1.4231, rounded half up: 1.42 EUR.",
                sentence,
            ])
        #expect(try ExplainedLine.recomputed([line]).map(\.text) == ["7.49 + 1.42"])
    }

    @Test("What a line says it comes to is not what it is recomputed from")
    func independent() throws {
        let wrong = try manual().json.replacing(#""amount":749"#, with: #""amount":750"#)
            .replacing(#""amount":142"#, with: #""amount":143"#)
        let line = try ExplainedLine(json: wrong)
        #expect((line.amount.amountMinor, line.tax.amount.amountMinor) == (750, 143))
        #expect(try ExplainedLine.recomputed([line]).map(\.text) == ["7.49 + 1.42"])
        let dearer = try ExplainedLine(
            json: manual().json.replacing(#""amount":499"#, with: #""amount":500"#))
        #expect(try ExplainedLine.recomputed([dearer]).map(\.text) == ["7.50 + 1.43"], "7.5 × 0.19 = 1.425")
    }

    @Test("Half an explanation is none: every field is needed and known")
    func refused() throws {
        let item = try DueItem(row: "2026-12-01 1month 0 - 1 105 0 EUR")
        let rules = try BillingRules.german(throughDay: "2026-12-01")
        let text = try #require(try written([item], rules: rules).first?.first)
        _ = try ExplainedLine(json: text)
        // `exact` of the charge, the price version and a cancellation are not inputs.
        for field in [
            "rule", "arithmetic", "unit_price", "quantity", "rounding", "amount", "period", "schedule",
            "billed_through", "tax",
        ] {
            #expect(throws: DecodingError.self, "\(field)") {
                try ExplainedLine(json: text.replacing("\"\(field)\":", with: "\"x\":", maxReplacements: 1))
            }
        }
        for (known, unknown) in [
            (#""rule":"recurring""#, #""rule":"usage""#), (#""rule":"recurring""#, #""rule":"unused_time""#),
            (#""rounding":"half_up","amount""#, #""rounding":"up","amount""#),
            (#""reason":"country_rate""#, #""reason":"mood""#), (#""country":"DE""#, #""country":"XX""#),
            (#""rounded_on":"line""#, #""rounded_on":"page""#),
            (#""rounded_on":"line""#, #""rounded_on":"invoice""#),
            (#""rounding":"half_up","exact":"0"#, #""rounding":"down","exact":"0"#),
            (
                #""unit_price":{"amount":105,"currency":"EUR"}"#,
                #""unit_price":{"amount":105,"currency":"USD"}"#
            ),
            (#""end":"2027-01-01""#, #""end":"2026-12-01""#), (#""quantity":"1""#, #""quantity":"one""#),
        ] {
            let changed = text.replacing(known, with: unknown)
            try #require(changed != text, "\(known)")
            #expect(throws: DecodingError.self, "\(unknown)") { try ExplainedLine(json: changed) }
        }
        let level = try manual().naming([Self.told("a", .whole(1), "planet")]).json
        #expect(throws: DecodingError.self) { try ExplainedLine(json: level) }
    }

    private static func told(
        _ name: String, _ value: AppliedPolicy.Value, _ level: String
    ) -> AppliedPolicy {
        AppliedPolicy(name: name, value: value, level: level)
    }

    /// 1.5 × 4.99 at 19 %.
    private func manual() throws -> Explanation {
        let rules = try BillingRules.german(throughDay: "2026-12-01")
        let charge = try ManualCharge(unitMinor: 499, quantity: Quantity(decimal: "1.5"))
        let totals = try InvoiceTotals.compute(
            [charge.amountMinor], tax: rules.tax.everyLine.line, rounding: .line)
        return Explanation(
            charge, at: 0, of: totals, in: try #require(Currency("EUR")), tax: rules.tax.everyLine)
    }

    private func read(_ rows: [String], rounding: TaxRounding = .line) throws -> [ExplainedLine] {
        let rules = try BillingRules.german(throughDay: "2026-12-01", rounding: rounding)
        return try read(rows.map(DueItem.init(row:)), rules: rules).flatMap(\.self)
    }

    private func read(_ items: [DueItem], rules: BillingRules) throws -> [[ExplainedLine]] {
        try written(items, rules: rules).map { try $0.map(ExplainedLine.init(json:)) }
    }

    private func written(_ items: [DueItem], rules: BillingRules) throws -> [[String]] {
        InvoicePlan(items: items, rules: rules).invoices.map { invoice in
            invoice.lines.map { line in
                Explanation(line, of: invoice, for: items[line.item], price: nil, rules: rules).json
            }
        }
    }
}

extension ExplainedLine.Amounts {
    fileprivate var text: String { "\(net.decimal) + \(tax.decimal)" }
}
