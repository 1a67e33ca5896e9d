import BillingMath
import Foundation
import Kernel
import Seeds
import Testing

@Suite("Explanations")
struct ExplanationTests {
    @Test("A line of an invoice that is taxed by line says all that went into it")
    func byLine() throws {
        let texts = try explain(["2026-01-31 1month 10 2027-01-01 1.5 499 0 EUR"], rounding: .line)
        #expect(
            texts == [
                #"{"rule":"recurring","arithmetic":"4.99 * 1.5 = 7.485, rounded 7.49","#
                    + #""unit_price":{"amount":499,"currency":"EUR"},"quantity":"1.5","exact":"7.485","#
                    + #""rounding":"half_up","amount":{"amount":749,"currency":"EUR"},"#
                    + #""period":{"start":"2026-11-30","end":"2026-12-31"},"#
                    + #""schedule":{"anchor":"2026-01-31","interval":{"unit":"month","count":1},"term":10},"#
                    + #""billed_through":"2026-12-01","cancel_on":"2027-01-01","#
                    + #""tax":{"rate_percent":"19","category":"S","reason":"country_rate","#
                    + #""country":"DE","name":"USt","#
                    + #""rounded_on":"line","rounding":"half_up","exact":"1.4231","#
                    + #""arithmetic":"7.49 * 19 % = 1.4231, rounded 1.42","#
                    + #""amount":{"amount":142,"currency":"EUR"}}}"#
            ])
    }

    @Test("A line of an invoice that is taxed as a whole says how the whole was shared out")
    func byInvoice() throws {
        let texts = try explain(
            ["2026-12-01 1month 0 - 1 105 0 JPY", "2026-12-01 1month 0 - 1 100 5 JPY"], rounding: .invoice)
        #expect(texts.count == 3)
        let whole =
            #""invoice":{"arithmetic":"210 * 19 % = 39.9, rounded 40","#
            + #""net":{"amount":210,"currency":"JPY"},"tax":{"amount":40,"currency":"JPY"},"#
            + #""allocation":"largest_remainder"}"#
        #expect(texts.allSatisfy { $0.contains(whole) })
        #expect(texts[0].contains(#""arithmetic":"105 * 1 = 105","#), "nothing was rounded")
        #expect(texts[0].contains(#""exact":"19.95""#))
        #expect(texts[2].contains(#""rule":"set_up""#))
        #expect(texts[2].contains(#""exact":"0.95""#))
        #expect(texts[2].hasSuffix(#""amount":{"amount":1,"currency":"JPY"}}}"#))
    }

    @Test("Why there is no tax is said")
    func reasons() throws {
        let reasons: [(LineTax.Reason, String)] = [
            (.exempt, #""reason":"customer_exempt","rounded_on""#),
            (.noRate(try #require(CountryCode("CH"))), #""reason":"no_rate_for_country","country":"CH","#),
        ]
        for (reason, expected) in reasons {
            let rules = BillingRules(
                throughDay: try #require(Day("2026-12-01")), issuedOn: try #require(Day("2026-12-01")),
                tax: CustomerTax(rate: .zero, rounding: .line, reason: reason), zone: .gmt, termLimit: 1)
            let text = try explain(["2026-12-01 1month 0 - 1 105 0 EUR"], rules: rules)[0]
            #expect(text.contains(expected))
            #expect(text.contains(#""arithmetic":"1.05 * 0 % = 0.00","#))
        }
    }

    @Test("The price version is named")
    func priceVersion() throws {
        let price = PriceID.new()
        let text = try explain(["2026-12-01 1month 0 - 1 105 0 EUR"], rounding: .line, price: price)[0]
        let object = try parse(text)
        #expect(object["price"] as? String == price.description)
    }

    @Test("A line that a person wrote has no term and is taxed like others", arguments: TaxRounding.allCases)
    func manual(rounding: TaxRounding) throws {
        let rules = try BillingRules.german(throughDay: "2026-12-01", rounding: rounding)
        let euro = try #require(Currency("EUR"))
        let charges = try [(499, "1.5"), (-100, "1")].map { unit, quantity in
            try ManualCharge(unitMinor: Int64(unit), quantity: Quantity(decimal: quantity))
        }
        let totals = try InvoiceTotals.compute(
            charges.map(\.amountMinor), tax: rules.tax.everyLine.line, rounding: rounding)
        for (place, charge) in charges.enumerated() {
            let object = try parse(
                Explanation(charge, at: place, of: totals, in: euro, tax: rules.tax.everyLine).json)
            #expect(object["rule"] as? String == "manual")
            #expect(object["period"] == nil)
            #expect(object["schedule"] == nil)
            let tax = try #require(object["tax"] as? [String: Any])
            let amount = try #require(tax["amount"] as? [String: Any])
            #expect((amount["amount"] as? NSNumber)?.int64Value == totals.lineTaxesMinor[place])
        }
    }

    @Test("The policies that made a line are named with their value and the level that said it")
    func policies() throws {
        let rules = try BillingRules.german(throughDay: "2026-12-01")
        let charge = try ManualCharge(unitMinor: 499, quantity: .one)
        let totals = try InvoiceTotals.compute([499], tax: rules.tax.everyLine.line, rounding: .line)
        let plain = Explanation(
            charge, at: 0, of: totals, in: try #require(Currency("EUR")), tax: rules.tax.everyLine)
        #expect(try parse(plain.json)["policies"] == nil)
        let told = plain.naming([
            AppliedPolicy(name: "payment_terms_days", value: .whole(45), level: "customer_group"),
            AppliedPolicy(name: #"a "name""#, value: .word("a \u{1} word"), level: "system"),
        ])
        #expect(told.json.hasPrefix(plain.json.dropLast()))
        let policies = try #require(try parse(told.json)["policies"] as? [String: [String: Any]])
        #expect(policies["payment_terms_days"]?["value"] as? Int == 45)
        #expect(policies["payment_terms_days"]?["level"] as? String == "customer_group")
        #expect(policies[#"a "name""#]?["value"] as? String == "a \u{1} word")
    }

    static let names = [
        "", "USt", #"a "quoted" \ name/"#, "tab\tnew\nline\u{0}\u{1F}\u{7F}", "消費税", "🧾\u{2028}", #"\u0041"#,
        String(repeating: "\u{1}", count: 3000), String(repeating: "漢", count: 5000),
    ]

    @Test("Any name of a tax comes back unchanged through a JSON parser", arguments: names)
    func escaping(name: String) throws {
        let rules = BillingRules(
            throughDay: try #require(Day("2026-12-01")), issuedOn: try #require(Day("2026-12-01")),
            tax: CustomerTax(
                rate: try TaxRate(percent: "8.1"), rounding: .invoice,
                reason: .countryRate(try #require(CountryCode("JP")), name: name)),
            zone: .gmt, termLimit: 1)
        let text = try explain(["2026-12-01 1month 0 - 1 105 0 EUR"], rules: rules)[0]
        let object = try parse(text)
        let tax = try #require(object["tax"] as? [String: Any])
        #expect(tax["name"] as? String == name)
        #expect(tax["rate_percent"] as? String == "8.1")
    }

    static let extremes = [
        "9999-10-01 1day 5 9999-12-31 0.000001 \(Int64.max) 0 EUR",
        "9999-10-01 1day 5 - 9223372036854.775807 -900000 0 CLF",
        "1900-01-01 10year 3 - -9223372036854.775807 900000 0 KWD",
        "1900-01-01 1day 3 - 0.000001 -1 0 CLF",
        "1900-01-01 1day 3 - 1 -9000000000000000000 0 JPY",
    ]

    @Test("The largest and smallest amounts are written in full", arguments: extremes, TaxRounding.allCases)
    func writtenInFull(row: String, rounding: TaxRounding) throws {
        let rules = try BillingRules.german(
            throughDay: "9999-12-01", termLimit: 1, percent: "0.0001", rounding: rounding)
        let item = try DueItem(row: row)
        let plan = InvoicePlan(items: [item], rules: rules)
        let invoice = try #require(plan.invoices.first)
        let text = Explanation(invoice.lines[0], of: invoice, for: item, price: .new(), rules: rules).json
        let object = try parse(text)
        let amount = try #require(object["amount"] as? [String: Any])
        #expect((amount["amount"] as? NSNumber)?.int64Value == invoice.netMinor)
        #expect(object["quantity"] as? String == item.quantity.description)
        let quantity = try #require(object["quantity"] as? String)
        let unit = Money(item.price.recurringMinor, item.price.currency).decimal
        #expect((object["arithmetic"] as? String)?.hasPrefix("\(unit) * \(quantity) = ") == true)
    }

    @Test("The numbers that are written redo the amounts", arguments: seeds)
    func redone(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let code = try #require(["EUR", "JPY", "KWD", "CLF"].randomElement(using: &random))
            let unit = Int64.random(in: -100_000...100_000, using: &random)
            let micros = Int64.random(in: 1...20_000_000, using: &random)
            let row = "2026-12-01 1month 0 - \(Quantity(micros: micros)) \(unit) 0 \(code)"
            let item = try DueItem(row: row)
            let rules = try BillingRules.german(throughDay: "2026-12-01", percent: "7.7")
            let invoice = try #require(InvoicePlan(items: [item], rules: rules).invoices.first)
            let text = Explanation(invoice.lines[0], of: invoice, for: item, price: nil, rules: rules).json
            let object = try parse(text)
            let decimals = item.price.currency.exponent + 6
            let exact = try DecimalText.parse(try #require(object["exact"] as? String), decimals: decimals)
            #expect(exact == unit * micros, "seed \(seed): \(row)")
            #expect(Rounding.halfUp.divide(exact, by: 1_000_000) == invoice.netMinor, "seed \(seed): \(row)")
            let tax = try #require(object["tax"] as? [String: Any])
            let exactTax = try DecimalText.parse(try #require(tax["exact"] as? String), decimals: decimals)
            let taxMinor = Rounding.halfUp.divide(exactTax, by: 1_000_000)
            #expect(taxMinor == invoice.taxMinor, "seed \(seed): \(row)")
        }
    }

    private func parse(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func explain(_ rows: [String], rounding: TaxRounding, price: PriceID? = nil) throws -> [String] {
        try explain(rows, rules: .german(throughDay: "2026-12-01", rounding: rounding), price: price)
    }

    private func explain(_ rows: [String], rules: BillingRules, price: PriceID? = nil) throws -> [String] {
        let items = try rows.map(DueItem.init(row:))
        return InvoicePlan(items: items, rules: rules).invoices.flatMap { invoice in
            invoice.lines.map { line in
                Explanation(line, of: invoice, for: items[line.item], price: price, rules: rules).json
            }
        }
    }
}
