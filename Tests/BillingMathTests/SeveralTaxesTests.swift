import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Several taxes on an invoice")
struct SeveralTaxesTests {
    /// `net percent[+percent|*percent…]` for each line: `+` adds a tax, `*` one on those before it; then the
    /// rounding and what is expected of each line's taxes.
    static let rows: [(lines: String, rounding: TaxRounding, taxes: String, tax: Int64)] = [
        // 10.00 at 5 % and 9.975 %: 0.50 + 0.9975 = 1.4975 → 1.50, of which the second bears 1.00
        ("1000 5+9.975", .line, "50+100", 150),
        // By rate each of them is rounded: 0.50 and 1.00
        ("1000 5+9.975", .rate, "50+100", 150),
        // Quebec until 2012: 5 %, and 9.5 % on price and tax: 10.00 × 0.05 = 0.50, 10.50 × 0.095 = 0.9975
        ("1000 5*9.5", .line, "50+100", 150),
        ("1000 5*9.5", .rate, "50+100", 150),
        // 0.33 × 0.05 = 0.0165, 0.33 × 1.05 × 0.095 = 0.0329175: 0.0494175 → 0.05, 0.0165 lost most
        ("33 5*9.5", .line, "2+3", 5),
        // Two lines, two rates: 1.05 × 10 % = 0.105 → 0.11; 1.05 × 20 % = 0.21
        ("105 10, 105 20", .line, "11 21", 32),
        ("105 10, 105 20", .rate, "11 21", 32),
        // 0.105 + 0.21 = 0.315 → 0.32
        ("105 10, 105 20", .invoice, "11 21", 32),
        // 0.105 + 0.105 = 0.21 at 10 %, 0.05 at 5 %
        ("105 10, 100 5, 105 10", .rate, "11 5 10", 26),
        ("105 10, 100 5, 105 10", .line, "11 5 11", 27),
        // 0.055 → 0.06 and 0.065 → 0.07 by rate; together 0.12, the later lost as much, the earlier gets it
        ("55 10, 65 10.0000", .invoice, "6 6", 12),
        // Different rates: 0.005 + 0.005 = 0.01; by rate each would be rounded up
        ("50 1, 25 2", .rate, "1 1", 2),
        ("50 1, 25 2", .invoice, "1 0", 1),
        // Returned: the mirror of the above
        ("-50 1, -25 2", .invoice, "-1 0", -1),
        ("105 -, 105 10", .rate, "- 11", 11),
    ]

    @Test("Each tax is exact and rounded where the rounding says", arguments: rows)
    func table(lines: String, rounding: TaxRounding, taxes: String, tax: Int64) throws {
        let totals = try InvoiceTotals.compute(
            try lines.split(separator: ", ").map { try Self.line(String($0)) }, rounding: rounding)
        let shown = totals.componentTaxesMinor.map { parts in
            parts.isEmpty ? "-" : parts.map(String.init).joined(separator: "+")
        }
        #expect(shown.joined(separator: " ") == taxes)
        #expect(totals.taxMinor == tax)
    }

    @Test("Of one rate, rounding by rate and by invoice are the same", arguments: seeds)
    func oneRate(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<100 {
            let tax = try Self.tax(["5", "5+9.975", "19", "5*9.5", "-"].randomElement(using: &random)!)
            let nets = Self.nets(&random)
            let byRate = try InvoiceTotals.compute(nets, tax: tax, rounding: .rate)
            let byInvoice = try InvoiceTotals.compute(nets, tax: tax, rounding: .invoice)
            if tax.components.count < 2 { #expect(byRate == byInvoice, "seed \(seed)") }
        }
    }

    @Test("Groups, lines and components all add up to the tax", arguments: seeds)
    func sums(seed: UInt64) throws {
        var random = Seeded(seed)
        let kinds = try ["5", "5+9.975", "19", "5*9.5", "-", "7", "4*3*2.5", "8.875+0.5"].map(Self.tax)
        for _ in 0..<100 {
            let lines = Self.nets(&random).map {
                TaxedAmount(netMinor: $0, tax: kinds.randomElement(using: &random)!)
            }
            for rounding in TaxRounding.allCases {
                let totals = try InvoiceTotals.compute(lines, rounding: rounding)
                let at: Comment = "seed \(seed), \(rounding), \(lines.map(\.netMinor))"
                #expect(totals.groups.reduce(0) { $0 + $1.taxMinor } == totals.taxMinor, at)
                #expect(totals.lineTaxesMinor.reduce(0, +) == totals.taxMinor, at)
                #expect(totals.componentTaxesMinor.map { $0.reduce(0, +) } == totals.lineTaxesMinor, at)
                #expect(totals.netMinor + totals.taxMinor == totals.grossMinor, at)
                let reversed = try InvoiceTotals.compute(
                    lines.map { TaxedAmount(netMinor: -$0.netMinor, tax: $0.tax) }, rounding: rounding)
                #expect(reversed.componentTaxesMinor == totals.componentTaxesMinor.map { $0.map { -$0 } }, at)
                guard rounding == .rate else { continue }
                // EN 16931, BR-CO-17: the tax of a rate is its taxable amount times the rate, rounded.
                for group in totals.groups {
                    guard let component = group.component, !component.isCompound else { continue }
                    let exact = Int128(group.netMinor) * Int128(component.rate.ratePPM)
                    #expect(Int128(group.taxMinor) == Rounding.halfUp.divide(exact, by: 1_000_000), at)
                }
            }
        }
    }

    @Test("All taxes together are one rate, to the nearest of a millionth")
    func combined() throws {
        #expect(try Self.tax("5+9.975").rate.percent == "14.975")
        #expect(try Self.tax("5*9.5").rate.percent == "14.975")
        #expect(try Self.tax("-").rate == .zero)
    }

    private static func nets(_ random: inout Seeded) -> [Int64] {
        let lowest: Int64 = Bool.random(using: &random) ? 0 : -20_000
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in
            Int64.random(in: lowest...20_000, using: &random)
        }
    }

    private static func line(_ row: String) throws -> TaxedAmount {
        let cells = row.split(separator: " ").map(String.init)
        return TaxedAmount(netMinor: try #require(Int64(cells[0])), tax: try tax(cells[1]))
    }

    static func tax(_ text: String) throws -> LineTax {
        let canada = try #require(CountryCode("CA"))
        if text == "-" { return LineTax(.outsideScope, [], reason: .noRate(canada)) }
        let components = try text.matches(of: /([+*]?)([0-9.]+)/).map { match in
            TaxComponent(
                name: "Tax \(match.2)", country: canada, rate: try TaxRate(percent: String(match.2)),
                isCompound: match.1 == "*")
        }
        return LineTax(.standard, components, reason: .rules(canada))
    }
}
