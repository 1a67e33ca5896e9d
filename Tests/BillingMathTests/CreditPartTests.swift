import BillingMath
import Seeds
import Testing

@Suite("An amount that is credited")
struct CreditPartTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let amount: Int64
        let basis: AmountBasis
        let left: [[Int64]]
        let parts: [[Int64]]

        var testDescription: String { "\(amount) \(basis) of \(left)" }
    }

    static let cases = [
        // 25.00 × 25 / 125 = 5.00 tax.
        Case(amount: 2500, basis: .gross, left: [[10000, 2500]], parts: [[2000, 500]]),
        Case(amount: 12500, basis: .gross, left: [[10000, 2500]], parts: [[10000, 2500]]),
        Case(amount: 2500, basis: .net, left: [[10000, 2500]], parts: [[2500, 625]]),
        // 3.33… each, and the cent that is missing to the first.
        Case(
            amount: 1000, basis: .gross, left: [[700, 0], [700, 0], [700, 0]],
            parts: [[334, 0], [333, 0], [333, 0]]),
        // 6.666… and 3.333…; 6.67 × 1.90 / 10.00 = 1.2673, 3.33 × 0.95 / 5.00 = 0.6327.
        Case(amount: 1000, basis: .net, left: [[1000, 190], [500, 95]], parts: [[667, 127], [333, 63]]),
        // Two rates. 1.19 / 2.26 and 1.07 / 2.26 of 1.00: 52.65 and 47.35 cents; 0.53 × 19 / 119 = 0.0846,
        // 0.47 × 7 / 107 = 0.0307.
        Case(amount: 100, basis: .gross, left: [[100, 19], [100, 7]], parts: [[45, 8], [44, 3]]),
        // 11.90 less 3.57 are 8.33. 1.00 × 11.90 / 8.33 = 1.4286, −0.4286; 1.43 × 19 / 119 = 0.2283,
        // 0.43 × 19 / 119 = 0.0687.
        Case(
            amount: 100, basis: .gross, left: [[1000, 190], [-300, -57]], parts: [[120, 23], [-36, -7]]),
        Case(
            amount: 833, basis: .gross, left: [[1000, 190], [-300, -57]],
            parts: [[1000, 190], [-300, -57]]),
        // Nothing is left of the first.
        Case(amount: 7, basis: .gross, left: [[0, 0], [10, 1]], parts: [[0, 0], [6, 1]]),
        // Half of one and one is a half, which goes to the tax; all of the net goes with all of the tax.
        Case(amount: 1, basis: .gross, left: [[1, 1]], parts: [[0, 1]]),
        Case(amount: 2, basis: .gross, left: [[1, 2]], parts: [[0, 2]]),
    ]

    @Test("is shared out by largest remainder, and each share has the tax of its line", arguments: cases)
    func table(this: Case) throws {
        let left = this.left.map { CreditPart(netMinor: $0[0], taxMinor: $0[1]) }
        let parts = try #require(CreditPart.sharing(this.amount, this.basis, over: left))
        #expect(parts.map { [$0.netMinor, $0.taxMinor] } == this.parts)
    }

    @Test(
        "is refused when it is not above zero, is more than is left, or no amount of a tenant's",
        arguments: [0, -1, 834, .max, .min] as [Int64])
    func refused(amount: Int64) {
        let left = [CreditPart(netMinor: 1000, taxMinor: 190), CreditPart(netMinor: -300, taxMinor: -57)]
        #expect(CreditPart.sharing(amount, .gross, over: left) == nil)
        #expect(CreditPart.sharing(amount, .net, over: []) == nil)
    }

    @Test("goes on in any portions until exactly nothing is left", arguments: seeds)
    func portions(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<100 {
            var lines = Self.lines(&random)
            let told = lines
            for step in 0..<40 {
                let left = lines.map(\.rest)
                let gross = left.reduce(0) { $0 + $1.netMinor + $1.taxMinor }
                let net = left.reduce(0) { $0 + $1.netMinor }
                if gross == 0 { break }
                let basis: AmountBasis = net > 0 && Bool.random(using: &random) ? .net : .gross
                let most = basis == .gross ? gross : net
                let amount = step == 39 ? most : Int64.random(in: 1...most, using: &random)
                let comment: Comment = "seed \(seed), \(told), step \(step): \(amount) \(basis) of \(left)"
                let parts = try #require(CreditPart.sharing(amount, basis, over: left), comment)
                let sum = parts.reduce(0) { $0 + $1.netMinor + (basis == .gross ? $1.taxMinor : 0) }
                #expect(sum == amount, comment)
                for place in parts.indices where parts[place] != .nothing {
                    let fits = lines[place].credit(parts[place]) != nil
                    #expect(
                        fits, "seed \(seed), \(told), step \(step): line \(place) of \(parts) does not fit")
                }
            }
            #expect(lines.allSatisfy { $0.rest == .nothing }, "seed \(seed): \(told)")
        }
    }

    /// Of one to six lines with up to three rates, of which some take off; together above zero.
    private static func lines(_ random: inout Seeded) -> [CreditedLine] {
        let rates: [Int64] = [0, 70_000, 81_000, 190_000, 1_000_000]
        let most: Int64 = [5, 400, 1_000_000].randomElement(using: &random) ?? 5
        let first = Int64.random(in: 1...most, using: &random) * 4
        let more = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            Int64.random(in: -(first / 20)...most, using: &random)
        }
        return ([first] + more).map { net in
            let rate = rates.randomElement(using: &random) ?? 0
            let tax: Int64 = (abs(net) * rate + 500_000) / 1_000_000 * net.signum()
            return CreditedLine(netMinor: net, taxesMinor: [tax])
        }
    }
}
