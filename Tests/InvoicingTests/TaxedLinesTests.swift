import BillingMath
import Foundation
import Kernel
import Postgres
import Tenancy
import Testing

@testable import Invoicing

@Suite("Lines by hand")
struct TaxedLinesTests {
    private let eur = Currency("EUR")!
    private let german: @Sendable (TaxClass) -> LineTax = { _ in
        LineTax(
            rate: TaxRate(ratePPM: 190_000)!, reason: .countryRate(CountryCode("DE")!, name: "USt"))
    }
    private let shipped = PolicyCascade(tenant: .none)

    @Test("A line is price times quantity, taxed, and explained by the rule manual")
    func explained() throws {
        let taxed = try TaxedLines([line("1.5", 499)], in: eur, tax: german, policies: shipped)
        let made = try #require(taxed.lines.first)
        #expect([made.netMinor, made.taxMinor] == [749, 142])
        #expect(taxed.totals.grossMinor == 891)
        let explanation =
            try JSONSerialization.jsonObject(with: Data(made.explanation.text.utf8)) as? [String: Any]
        #expect(explanation?["rule"] as? String == "manual")
        #expect(explanation?["exact"] as? String == "7.485")
        #expect(explanation?["period"] == nil)
        #expect((explanation?["tax"] as? [String: Any])?["name"] as? String == "USt")
        let policies = explanation?["policies"] as? [String: [String: Any]]
        #expect(policies?["payment_terms_days"]?["value"] as? Int == 14)
        #expect(policies?["payment_terms_days"]?["level"] as? String == "system")
        #expect(policies?["tax_rounding"]?["value"] as? String == "line")
    }

    @Test(
        "Totals are those of the lines, by each rounding",
        arguments: [(TaxRounding.line, 22), (.rate, 21), (.invoice, 21)] as [(TaxRounding, Int64)])
    func rounding(_ rounding: TaxRounding, tax: Int64) throws {
        let tenth = LineTax(
            rate: TaxRate(ratePPM: 100_000)!, reason: .countryRate(CountryCode("DE")!, name: "USt"))
        var settings = PolicySettings()
        settings[Policies.taxRounding] = rounding
        let taxed = try TaxedLines(
            [line("1", 105), line("1", 105)], in: eur, tax: { _ in tenth },
            policies: PolicyCascade(tenant: settings))
        #expect(taxed.totals.taxMinor == tax)
        #expect(taxed.lines.reduce(0) { $0 + $1.taxMinor } == tax)
        #expect(taxed.lines.reduce(0) { $0 + $1.netMinor } == 210)
    }

    @Test("A discount may be a line, but not the whole")
    func discounts() throws {
        #expect(
            try TaxedLines(
                [line("1", 100), line("1", -100)], in: eur, tax: german, policies: shipped
            ).totals
                .grossMinor == 0)
        #expect(throws: InvoicingProblem.negative) {
            try TaxedLines(
                [line("1", 100), line("1", -101)], in: eur, tax: german, policies: shipped)
        }
    }

    @Test("Amounts beyond 64 bits are refused, whether in a line or in the sum")
    func overflow() {
        #expect(throws: InvoicingProblem.tooLarge) {
            try TaxedLines([line("2", .max)], in: eur, tax: german, policies: shipped)
        }
        #expect(throws: InvoicingProblem.tooLarge) {
            try TaxedLines([line("1", .max), line("1", 1)], in: eur, tax: german, policies: shipped)
        }
    }

    @Test("Every line in another currency is named")
    func currencies() throws {
        let yen = DraftLine(description: "x", quantity: .one, unitPrice: Money(1, Currency("JPY")!))
        let refusal = #expect(throws: Problem.self) {
            try TaxedLines([yen, line("1", 1), yen], in: eur, tax: german, policies: shipped)
        }
        #expect(
            refusal?.errors.map(\.pointer) == [
                "/lines/0/unit_price/currency", "/lines/2/unit_price/currency",
            ])
    }

    @Test("A body's quantities must be above zero")
    func quantities() throws {
        let lines = try ["1", "0", "-1"].map {
            NewLine(description: Text("x")!, quantity: try Quantity(decimal: $0), unitPrice: Money(1, eur))
        }
        let refusal = #expect(throws: Problem.self) { try NewLine.drafts(lines) }
        #expect(refusal?.errors.map(\.pointer) == ["/lines/1/quantity", "/lines/2/quantity"])
    }

    private func line(_ quantity: String, _ unitPriceMinor: Int64) throws -> DraftLine {
        DraftLine(
            description: "x", quantity: try Quantity(decimal: quantity), unitPrice: Money(unitPriceMinor, eur)
        )
    }
}
