import BillingMath
import Seeds
import Testing

@Suite("Credits of a line")
struct CreditedLineTests {
    static let lines: [(net: Int64, tax: Int64, percent: String, parts: [Int64], taxes: [Int64])] = [
        // 0.33 × 0.19 = 0.0627 → 0.06, twice; 0.19 − 0.06 − 0.06.
        (100, 19, "19", [33, 33, 34], [6, 6, 7]),
        // The same in other portions: 0.50 × 0.19 = 0.095 → 0.10, half up.
        (100, 19, "19", [50, 50], [10, 9]),
        (100, 19, "19", [100], [19]),
        // 8.1 % of 12.00 is 0.97; of 5.00 it is 0.405 → 0.41, of 6.00 0.486 → 0.49, and 0.07 are left.
        (1200, 97, "8.1", [500, 600, 100], [41, 49, 7]),
        // A third of a cent rounds to nothing each time: the last takes all.
        (3, 1, "33.3333", [1, 1, 1], [0, 0, 1]),
        // Half a cent goes up, and nothing is left for the last.
        (2, 1, "50", [1, 1], [1, 0]),
        // No tax, and as much tax as net.
        (100, 0, "0", [40, 60], [0, 0]),
        (7, 7, "100", [3, 4], [3, 4]),
        // By `invoice` this line bore a cent more than 19 %, and the last part gives it back.
        (100, 20, "19", [50, 25, 25], [10, 5, 5]),
        // Here it bore a cent less: 0.97 × 0.19 = 0.1843 → 0.18, all there is.
        (100, 18, "19", [97, 3], [18, 0]),
        (.max / 2, .max / 2, "100", [1, .max / 2 - 1], [1, .max / 2 - 1]),
    ]

    @Test("take back the tax of their net, and the last what is left of it", arguments: lines)
    func taxes(net: Int64, tax: Int64, percent: String, parts: [Int64], taxes: [Int64]) throws {
        let rate = try TaxRate(percent: percent)
        var line = CreditedLine(netMinor: net, taxesMinor: [tax])
        let taken = try parts.map { line.credit($0, taxOnPart: try rate.tax(on: $0)) }
        #expect(taken == taxes)
        #expect(line.leftMinor == 0)
        #expect((line.creditedNetMinor, line.creditedTaxMinor) == (net, tax))
    }

    @Test("go on where those before them ended")
    func later() {
        var line = CreditedLine(
            netMinor: 100, taxesMinor: [19], creditedNetMinor: 66, creditedTaxesMinor: [12])
        #expect(line.leftMinor == 34)
        #expect(line.credit(34, taxOnPart: 6) == 7)
    }

    @Test("give back each of several taxes, and the last part all that is left of each")
    func severalTaxes() {
        // 10.00 at 5 % and 9.975 %: 0.50 and 1.00. A third, 3.33, would bear 0.1665 → 0.17 and 0.3322 → 0.33.
        var line = CreditedLine(netMinor: 1000, taxesMinor: [50, 100])
        #expect(line.credit(333, taxesOnPart: [17, 33]) == [17, 33])
        #expect(line.credit(333, taxesOnPart: [17, 33]) == [17, 33])
        #expect(line.credit(334, taxesOnPart: [17, 33]) == [16, 34])
        #expect(line.creditedTaxesMinor == [50, 100])
    }

    @Test("are refused above what is left, of nothing, and of a line that is not above zero")
    func refused() {
        let before = CreditedLine(
            netMinor: 100, taxesMinor: [19], creditedNetMinor: 33, creditedTaxesMinor: [6])
        var line = before
        for part: Int64 in [68, .max, 0, -1, .min] {
            #expect(line.credit(part, taxOnPart: 1) == nil)
            #expect(line == before)
        }
        for net: Int64 in [0, -1, -100, .min] {
            var line = CreditedLine(netMinor: net, taxesMinor: [0])
            #expect(line.leftMinor == 0)
            for part in [1, net] { #expect(line.credit(part, taxOnPart: 0) == nil) }
        }
    }

    @Test("add up to the line in whatever portions, and never take tax again", arguments: seeds)
    func properties(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let net = Int64.random(
                in: 1...([9, 500, 100_000, .max / 2].randomElement(using: &random) ?? 1), using: &random)
            let rate = try #require(TaxRate(ratePPM: Int.random(in: 0...1_000_000, using: &random)))
            // By `invoice` a line may bear a minor unit more or less than its own tax.
            let own = Int128(try rate.tax(on: net)) + Int128.random(in: -1...1, using: &random)
            let tax = Int64(max(0, min(Int128(net), own)))
            var line = CreditedLine(netMinor: net, taxesMinor: [tax])
            var portions: [Int64] = []
            while line.leftMinor > 0 {
                let isLast = portions.count == 12
                let part = isLast ? line.leftMinor : Int64.random(in: 1...line.leftMinor, using: &random)
                let comment: Comment = "seed \(seed): \(net) \(tax) \(portions), then \(part)"
                let (left, asBilled) = (tax - line.creditedTaxMinor, try rate.tax(on: part))
                let isRest = part == line.leftMinor
                let credited = line.credit(part, taxOnPart: asBilled)
                let taken = try #require(credited, comment)
                portions.append(part)
                #expect((0...left).contains(taken), comment)
                #expect(taken == (isRest ? left : min(left, asBilled)), comment)
            }
            #expect((line.creditedNetMinor, line.creditedTaxMinor) == (net, tax), "seed \(seed): \(portions)")
            let onceMore = line.credit(1, taxOnPart: 0)
            #expect(onceMore == nil, "seed \(seed): \(portions)")
        }
    }
}

extension TaxRate {
    fileprivate func tax(on netMinor: Int64) throws -> Int64 {
        try InvoiceTotals.compute([netMinor], rate: self, rounding: .line).taxMinor
    }
}

extension CreditedLine {
    /// Of a line with one tax.
    fileprivate mutating func credit(_ partMinor: Int64, taxOnPart: Int64) -> Int64? {
        credit(partMinor, taxesOnPart: [taxOnPart])?.first
    }
}
