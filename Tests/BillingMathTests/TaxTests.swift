import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Tax")
struct TaxTests {
    static let rates: [(percent: String, ratePPM: Int32, shown: String)] = [
        ("19", 190_000, "19"), ("8.1", 81_000, "8.1"), ("0", 0, "0"), ("100", 1_000_000, "100"),
        ("6.8750", 68_750, "6.875"), ("0.0001", 1, "0.0001"), ("100.0000", 1_000_000, "100"),
    ]

    @Test("A rate is read from percent and shown without superfluous zeros", arguments: rates)
    func rate(percent: String, ratePPM: Int32, shown: String) throws {
        let rate = try TaxRate(percent: percent)
        #expect(rate.ratePPM == ratePPM)
        #expect(rate.percent == shown)
        #expect(TaxRate(ratePPM: Int(ratePPM)) == rate)
    }

    static let refusedRates: [(text: String, error: TaxRateError)] = [
        ("", .unreadable(.notANumber)), ("19%", .unreadable(.notANumber)), ("1,5", .unreadable(.notANumber)),
        ("1e1", .unreadable(.notANumber)), ("19.00001", .unreadable(.tooManyDecimals(allowed: 4))),
        ("100.0001", .outOfRange), ("-1", .outOfRange), ("99999999999999999999", .unreadable(.overflow)),
    ]

    @Test("What is not a percentage from 0 to 100 is refused with the reason", arguments: refusedRates)
    func refusedRate(text: String, error: TaxRateError) {
        #expect(throws: error) { try TaxRate(percent: text) }
        #expect(!error.description.isEmpty)
    }

    @Test("A rate in parts per million is between 0 and a million")
    func rateBounds() {
        #expect(TaxRate(ratePPM: -1) == nil)
        #expect(TaxRate(ratePPM: 1_000_001) == nil)
        #expect(TaxRate(ratePPM: 0) == .zero)
    }

    typealias Totals = (nets: [Int64], percent: String, rounding: TaxRounding, taxes: [Int64], tax: Int64)
    static let totals: [Totals] = [
        ([105, 105], "10", .line, [11, 11], 22),
        ([105, 105], "10", .invoice, [11, 10], 21),
        ([499], "19", .line, [95], 95),
        ([499], "19", .invoice, [95], 95),
        ([], "19", .line, [], 0),
        ([], "19", .invoice, [], 0),
        ([5, 5], "10", .line, [1, 1], 2),
        ([5, 5], "10", .invoice, [1, 0], 1),
        ([33, 33, 33], "10", .invoice, [4, 3, 3], 10),
        ([33, 33, 38], "10", .invoice, [3, 3, 4], 10),
        ([0, 7, 0], "10", .invoice, [0, 1, 0], 1),
        ([100, 200], "0", .invoice, [0, 0], 0),
        ([1999, -1999], "19", .line, [380, -380], 0),
        ([1999, -1999], "19", .invoice, [380, -380], 0),
        ([-105, -105], "10", .line, [-11, -11], -22),
        ([-105, -105], "10", .invoice, [-11, -10], -21),
        ([1000, -105], "10", .line, [100, -11], 89),
        ([1000, -105], "10", .invoice, [100, -10], 90),
        ([-5], "10", .line, [-1], -1),
        ([-5], "10", .invoice, [-1], -1),
    ]

    @Test("Tax is half-up away from zero, on each line or on the sum", arguments: totals)
    func compute(
        nets: [Int64], percent: String, rounding: TaxRounding, taxes: [Int64], tax: Int64
    ) throws {
        let totals = try InvoiceTotals.compute(nets, rate: TaxRate(percent: percent), rounding: rounding)
        #expect(totals.lineTaxesMinor == taxes)
        #expect(totals.taxMinor == tax)
        #expect(totals.netMinor == nets.reduce(0, +))
        #expect(totals.grossMinor == totals.netMinor + tax)
    }

    static let overflows: [(nets: [Int64], percent: String)] = [
        ([.max, 1], "0"), ([.max], "19"), ([.min], "1"), ([.min, -1], "0"),
        ([.max / 2 + 1, .max / 2 + 1], "0"), ([.max / 10 * 9], "19"),
    ]

    @Test("A sum beyond 64 bits is an error, never a number", arguments: overflows, TaxRounding.allCases)
    func overflow(_ one: (nets: [Int64], percent: String), rounding: TaxRounding) throws {
        let rate = try TaxRate(percent: one.percent)
        #expect(throws: MoneyError.overflow) {
            try InvoiceTotals.compute(one.nets, rate: rate, rounding: rounding)
        }
    }

    @Test("Sums that fit are exact, whatever they pass through", arguments: TaxRounding.allCases)
    func wideSums(rounding: TaxRounding) throws {
        let totals = try InvoiceTotals.compute([.max, .max, .min, .min, 2], rate: .zero, rounding: rounding)
        #expect(totals.netMinor == 0)
    }

    @Test("Line taxes add up, net + tax = gross, and no line is a whole unit off", arguments: seeds)
    func totalsHold(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let rate = try #require(TaxRate(ratePPM: Int.random(in: 0...1_000_000, using: &random)))
            let lowest: Int64 = Bool.random(using: &random) ? 0 : -20_000
            let nets = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int64.random(in: lowest...20_000, using: &random)
            }
            for rounding in TaxRounding.allCases {
                let totals = try InvoiceTotals.compute(nets, rate: rate, rounding: rounding)
                #expect(totals.lineTaxesMinor.reduce(0, +) == totals.taxMinor, "seed \(seed)")
                #expect(totals.netMinor + totals.taxMinor == totals.grossMinor, "seed \(seed)")
                for (net, tax) in zip(nets, totals.lineTaxesMinor) {
                    let distance = abs(tax * 1_000_000 - net * Int64(rate.ratePPM))
                    #expect(distance < 1_000_000, "seed \(seed), \(rounding), \(nets) at \(rate.percent) %")
                }
                let exact = nets.reduce(0, +) * Int64(rate.ratePPM)
                if rounding == .invoice {
                    #expect(abs(totals.taxMinor * 1_000_000 - exact) <= 500_000, "seed \(seed)")
                }
                let reversed = try InvoiceTotals.compute(nets.map { -$0 }, rate: rate, rounding: rounding)
                #expect(reversed.lineTaxesMinor == totals.lineTaxesMinor.map { -$0 }, "seed \(seed), \(nets)")
            }
        }
    }
}
