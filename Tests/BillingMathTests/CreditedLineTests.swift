import BillingMath
import Seeds
import Testing

@Suite("Credits of a line")
struct CreditedLineTests {
    static let lines: [(net: Int64, tax: Int64, parts: [Int64], taxes: [Int64])] = [
        // 19 %: 0.33 × 0.19 = 0.0627; 0.66 × 0.19 = 0.1254, less 0.06; 1.00 × 0.19, less 0.13.
        (100, 19, [33, 33, 34], [6, 7, 6]),
        // The same in other portions: 0.50 × 0.19 = 0.095.
        (100, 19, [50, 50], [10, 9]),
        (100, 19, [100], [19]),
        // 8.1 % of 12.00 is 0.97: 5.00 of 12.00 are 0.404, 11.00 are 0.889.
        (1200, 97, [500, 600, 100], [40, 49, 8]),
        // A cent of tax on three: 1/3 rounds to nothing, 2/3 to the cent, and nothing is left for the last.
        (3, 1, [1, 1, 1], [0, 1, 0]),
        // Half a cent goes up.
        (2, 1, [1, 1], [1, 0]),
        // No tax, and as much tax as net.
        (100, 0, [40, 60], [0, 0]),
        (7, 7, [3, 4], [3, 4]),
        // The line's tax counts, not the rate: rounded by `invoice` it may bear a cent more than its 19 %.
        (100, 20, [50, 25, 25], [10, 5, 5]),
        // The product of both does not fit into 64 bits.
        (.max, .max, [1, .max - 1], [1, .max - 1]),
    ]

    @Test("take back their share of the tax, and the last what is left of it", arguments: lines)
    func taxes(net: Int64, tax: Int64, parts: [Int64], taxes: [Int64]) {
        var line = CreditedLine(netMinor: net, taxMinor: tax)
        #expect(parts.map { line.credit($0) } == taxes)
        #expect(line.leftMinor == 0)
        #expect((line.creditedNetMinor, line.creditedTaxMinor) == (net, tax))
    }

    @Test("go on where those before them ended")
    func later() {
        // 0.33 and 0.06 before; 0.66 × 0.19 = 0.1254, less 0.06.
        var line = CreditedLine(netMinor: 100, taxMinor: 19, creditedNetMinor: 33, creditedTaxMinor: 6)
        #expect(line.leftMinor == 67)
        #expect(line.credit(33) == 7)
    }

    @Test("are refused above what is left, of nothing, and of a line that is not above zero")
    func refused() {
        let before = CreditedLine(netMinor: 100, taxMinor: 19, creditedNetMinor: 33, creditedTaxMinor: 6)
        var line = before
        for part: Int64 in [68, .max, 0, -1, .min] {
            #expect(line.credit(part) == nil)
            #expect(line == before)
        }
        for net: Int64 in [0, -1, -100, .min] {
            var line = CreditedLine(netMinor: net, taxMinor: 0)
            #expect(line.leftMinor == 0)
            for part in [1, net] { #expect(line.credit(part) == nil) }
        }
    }

    @Test("add up to the line in whatever portions, and never take tax again", arguments: seeds)
    func properties(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let bound: Int64 = [9, 500, 100_000, .max].randomElement(using: &random) ?? 1
            let net = Int64.random(in: 1...bound, using: &random)
            let tax = Int64.random(in: 0...net, using: &random)
            var line = CreditedLine(netMinor: net, taxMinor: tax)
            var portions: [Int64] = []
            while line.leftMinor > 0, portions.count < 12 {
                let part = Int64.random(in: 1...line.leftMinor, using: &random)
                let comment: Comment = "seed \(seed): \(line), then \(part)"
                let left = tax - line.creditedTaxMinor
                guard let taken = line.credit(part) else {
                    Issue.record(comment)
                    return
                }
                portions.append(part)
                #expect((0...left).contains(taken), comment)
                // The way there does not matter: at once it would have been the same.
                var atOnce = CreditedLine(netMinor: net, taxMinor: tax)
                #expect(atOnce.credit(line.creditedNetMinor) == line.creditedTaxMinor, comment)
                // Half a minor unit from the exact share at most: |tax × credited − taken × net| ≤ net / 2.
                let off =
                    Int128(tax) * Int128(line.creditedNetMinor) - Int128(line.creditedTaxMinor) * Int128(net)
                #expect(2 * off.magnitude <= UInt128(net), comment)
            }
            let rest = line.leftMinor
            if rest > 0 {
                let taken = line.credit(rest)
                #expect(taken != nil, "seed \(seed): \(portions)")
            }
            #expect(line.creditedNetMinor == net, "seed \(seed): \(portions)")
            #expect(line.creditedTaxMinor == tax, "seed \(seed): \(net) \(tax) \(portions)")
            let onceMore = line.credit(1)
            #expect(onceMore == nil, "seed \(seed): \(portions)")
        }
    }
}
