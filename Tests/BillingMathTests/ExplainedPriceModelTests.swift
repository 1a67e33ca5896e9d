import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Explanations of price models that are read back")
struct ExplainedPriceModelTests {
    @Test("Each step is told, then the sum, and what a minimum adds")
    func told() throws {
        // 10 × 0.50 + 2.00 + 2.5 × 0.333 = 7.8325 → 7.83, and 2.17 more make 10.00.
        var pricing = Pricing(
            .graduated([
                PriceTier(
                    upTo: try Quantity(decimal: "10"), unitPrice: try decimal("0.50"),
                    flatFee: try decimal("2")),
                PriceTier(upTo: nil, unitPrice: try decimal("0.333")),
            ]), in: try #require(Currency("EUR")))
        pricing.included = .one
        pricing.minimumMinor = 1000
        let line = try #require(try read(pricing, Quantity(decimal: "13.5")))
        #expect(
            line.sentences[2...].prefix(7) == [
                "13.5 by the price model graduated, of which 1 are included.",
                "Tier 1: 0.50 × 10 = 5 EUR.", "Tier 1: 2 = 2 EUR.", "Tier 2: 0.333 × 2.5 = 0.8325 EUR.",
                "Together, rounded half up: 7.83 EUR.", "2.17 EUR more, up to the minimum.",
                "Price before tax: 10.00 × 1 = 10.00 EUR.",
            ])
        #expect(try line.recomputed.decimal == "10.00")
    }

    static let extremes: [(model: PriceModel, micros: Int64)] = [
        // 19 digits, the most that a quantity has.
        (.perUnit(ExactDecimal("0.000001")!), 1_234_567_890_123_123_456),
        (.volume([PriceTier(upTo: nil, unitPrice: ExactDecimal("0.000000000001")!)]), .max),
        (
            .graduated([
                PriceTier(upTo: Quantity(micros: 1), unitPrice: ExactDecimal("0.000000000001")!),
                PriceTier(
                    upTo: nil, unitPrice: ExactDecimal("0.000000000001")!,
                    flatFee: ExactDecimal("-999999.999999999999")!),
            ]), .max
        ),
        // Packages beyond what a quantity can count.
        (
            .package(ExactDecimal("0.000000000001")!, size: Quantity(micros: 1), billsEmpty: false),
            Int64.max - 1
        ),
        (.flat(ExactDecimal("999999999999999999")!), 1),
    ]

    @Test("The largest and the finest quantities and prices are read back", arguments: extremes)
    func extreme(model: PriceModel, micros: Int64) throws {
        // Yen, so that the dearest of them fits.
        let pricing = Pricing(model, in: try #require(Currency("JPY")))
        let quantity = Quantity(micros: micros)
        let line = try #require(try read(pricing, quantity))
        #expect(try line.recomputed.amountMinor == (try pricing.quote(quantity).totalMinor))
    }

    @Test("What any model comes to is recomputed from its steps", arguments: seeds)
    func recomputed(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let pricing = try Pricing.random(using: &random)
            let quantity = Quantity(micros: Int64.random(in: 1...200_000_000, using: &random))
            let total = try #require(try pricing.quote(quantity).totalMinor)
            let line = try #require(try read(pricing, quantity), "seed \(seed): \(pricing)")
            #expect(try line.recomputed.amountMinor == total, "seed \(seed): \(pricing) \(quantity)")
            #expect(line.model?.steps.count == (try pricing.quote(quantity).steps.count), "seed \(seed)")
        }
    }

    /// The line of a whole month.
    private func read(_ pricing: Pricing, _ quantity: Quantity) throws -> ExplainedLine? {
        let schedule = Schedule(
            anchor: try Day(row: "2026-12-01"), interval: try #require(Interval(1, .month)))
        let item = DueItem(
            span: ScheduleSpan(schedule), nextTerm: 0, quantity: quantity,
            price: UnitPrice(currency: pricing.currency, recurringMinor: 0, pricing: pricing))
        let rules = try BillingRules.german(throughDay: "2026-12-01")
        let plan = InvoicePlan(items: [item], rules: rules)
        return try plan.invoices.first.map { invoice in
            try ExplainedLine(
                json: Explanation(invoice.lines[0], of: invoice, for: item, price: .new(), rules: rules).json)
        }
    }

    private func decimal(_ text: String) throws -> ExactDecimal {
        try #require(ExactDecimal(text))
    }
}

extension Pricing {
    /// Any model but a percentage, which no price in the catalogue has; some with all that a contract adds.
    fileprivate static func random(using random: inout Seeded) throws -> Pricing {
        let currency = try ["EUR", "JPY", "KWD"].map { try #require(Currency($0)) }
            .randomElement(using: &random)
        var pricing = Pricing(try PriceModel.random(using: &random), in: try #require(currency))
        pricing.included = Quantity(micros: Int64.random(in: 0...2, using: &random) * 1_500_000)
        pricing.feeAtZero = Bool.random(using: &random)
        pricing.rounding = Rounding.allCases.randomElement(using: &random) ?? .halfUp
        if Bool.random(using: &random) { pricing.minimumMinor = Int64.random(in: 0...5000, using: &random) }
        if Bool.random(using: &random) {
            pricing.maximumMinor = Int64.random(in: 5000...90_000, using: &random)
        }
        return pricing
    }
}

extension PriceModel {
    fileprivate static func random(using random: inout Seeded) throws -> PriceModel {
        func price() throws -> ExactDecimal {
            let scale = Int.random(in: 0...6, using: &random)
            let units = Int64.random(in: 0...99_999, using: &random)
            return try #require(ExactDecimal(DecimalText.format(units, decimals: scale)))
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .flat(try price())
        case 1: return .perUnit(try price())
        case 2:
            let size = Quantity(micros: Int64.random(in: 1...20_000_000, using: &random))
            return .package(try price(), size: size, billsEmpty: Bool.random(using: &random))
        case let kind:
            var end: Int64 = 0
            var tiers: [PriceTier] = []
            for place in 0..<Int.random(in: 1...4, using: &random) {
                if place > 0 {
                    end += Int64.random(in: 1...60_000_000, using: &random)
                    tiers.append(
                        PriceTier(
                            upTo: Quantity(micros: end), unitPrice: try price(),
                            flatFee: Bool.random(using: &random) ? try price() : .zero))
                }
            }
            tiers.append(PriceTier(upTo: nil, unitPrice: try price(), flatFee: try price()))
            return kind == 3 ? .graduated(tiers) : .volume(tiers)
        }
    }
}
