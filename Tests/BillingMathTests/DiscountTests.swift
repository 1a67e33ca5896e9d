import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Discounts")
struct DiscountTests {
    @Test("come in one order, whatever order they are given in: shares first, then amounts")
    func order() throws {
        // 100.00 less 10 % is 90.00, less 5.00 is 85.00; the other way round it would be 85.50.
        let lines = [line(10_000)]
        let (tenth, five) = (Discount(.percent(try decimal("10"))), Discount(.amount(500)))
        for discounts in [[tenth, five], [five, tenth]] {
            #expect(try left(lines, discounts) == [8500])
        }
        // Of two shares the narrower comes first, each of what is left: 100.00 × 0.75 × 0.90. Rounded at each
        // step: 33.33 × 0.75 = 24.9975, 25.00, × 0.90 = 22.50.
        var quarter = Discount(.percent(try decimal("25")))
        quarter.products = ["web"]
        let reductions = try [line(3333)].reductions(by: [tenth, quarter])
        #expect(reductions.map(\.discount) == [1, 0])
        #expect(reductions.map(\.amountMinor) == [833, 250])
    }

    @Test("hold for their terms, charges, products and families only")
    func scope() throws {
        let lines = [
            line(1000), line(1000, term: 3), line(1000, .setUp), line(1000, product: "mail"),
            line(1000, family: "domains"),
        ]
        func with(_ change: (inout Discount) -> Void) throws -> [Int64] {
            var discount = Discount(.percent(try decimal("50")))
            change(&discount)
            return try left(lines, [discount])
        }
        #expect(try with { _ in } == [500, 500, 500, 500, 500])
        #expect(try with { $0.terms = 0..<1 } == [500, 1000, 500, 500, 500])
        #expect(try with { $0.terms = 1..<4 } == [1000, 500, 1000, 1000, 1000])
        #expect(try with { $0.terms = 1..<3 } == [1000, 1000, 1000, 1000, 1000])
        #expect(try with { $0.kinds = [.setUp] } == [1000, 1000, 500, 1000, 1000])
        #expect(try with { $0.products = ["mail"] } == [1000, 1000, 1000, 500, 1000])
        #expect(try with { $0.families = ["hosting"] } == [500, 500, 500, 500, 1000])
        #expect(
            try with { discount in
                discount.products = ["mail"]
                discount.families = ["domains"]
            } == [1000, 1000, 1000, 1000, 1000])
    }

    @Test("take off no more than a line costs, and nothing from a credit")
    func floor() throws {
        #expect(try left([line(300), line(-500)], [Discount(.amount(1000))]) == [0, -500])
        let whole = Discount(.percent(try decimal("100")))
        #expect(try left([line(300), line(-500)], [whole, whole, Discount(.amount(1))]) == [0, -500])
        // 1.00 over three equal lines: 34, 33, 33.
        let thirds = [line(1000), line(1000), line(1000)]
        #expect(try left(thirds, [Discount(.amount(100))]) == [966, 967, 967])
    }

    @Test("never make a line negative, and take off amounts to the last cent", arguments: seeds)
    func properties(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let lines = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                line(
                    Int64.random(in: -500...5000, using: &random),
                    Bool.random(using: &random) ? .recurring : .setUp,
                    term: Int.random(in: 0...3, using: &random),
                    product: ["web", "mail"].randomElement(using: &random) ?? "")
            }
            let discounts = try (0..<Int.random(in: 0...4, using: &random)).map { _ in
                try Discount.random(using: &random)
            }
            let reductions = try lines.reductions(by: discounts)
            let nets = left(lines, reductions)
            for (line, net) in zip(lines, nets) {
                #expect(net == line.amountMinor || (0..<line.amountMinor).contains(net), "seed \(seed)")
            }
            for (number, discount) in discounts.enumerated() {
                guard case .amount(let amount) = discount.value else { continue }
                let own = reductions.filter { $0.discount == number }
                let taken = own.reduce(0) { $0 + $1.amountMinor }
                // All of it, or all that its lines had left.
                let rest = reductions.isEmpty ? 0 : own.reduce(Int64(0)) { $0 + nets[$1.line] }
                #expect(taken == amount || (taken < amount && rest == 0), "seed \(seed): \(discount)")
            }
            // What is taken off does not depend on the order in which amounts and shares are given.
            if discounts.count == 2, discounts[0] != discounts[1] {
                let (shares, amounts) = (discounts.filter(\.isShare), discounts.filter { !$0.isShare })
                guard shares.count == 1, amounts.count == 1 else { continue }
                let there = left(lines, try lines.reductions(by: shares + amounts))
                #expect(there == left(lines, try lines.reductions(by: amounts + shares)), "seed \(seed)")
            }
        }
    }

    private func line(
        _ amountMinor: Int64, _ kind: Charge.Kind = .recurring, term: Int = 0, product: String = "web",
        family: String = "hosting"
    ) -> DiscountableLine {
        DiscountableLine(
            kind: kind, amountMinor: amountMinor, term: term, product: product, family: family)
    }

    private func left(_ lines: [DiscountableLine], _ discounts: [Discount]) throws -> [Int64] {
        left(lines, try lines.reductions(by: discounts))
    }

    private func left(_ lines: [DiscountableLine], _ reductions: [Reduction]) -> [Int64] {
        var left = lines.map(\.amountMinor)
        for reduction in reductions { left[reduction.line] -= reduction.amountMinor }
        return left
    }

    private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }
}

extension Discount {
    fileprivate var isShare: Bool { if case .percent = value { true } else { false } }

    fileprivate static func random(using random: inout Seeded) throws -> Discount {
        let percent = try #require(ExactDecimal("\(Int.random(in: 0...100, using: &random))"))
        let amount = Int64.random(in: 0...3000, using: &random)
        var discount = Discount(Bool.random(using: &random) ? .percent(percent) : .amount(amount))
        if Bool.random(using: &random) { discount.products = ["web"] }
        if Bool.random(using: &random) { discount.kinds = [.recurring] }
        if Bool.random(using: &random) { discount.terms = 1..<3 }
        return discount
    }
}
