import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Prices")
struct PricingTests {
    /// 0.50 each up to 10, with 2.00 on entering; 0.40 up to 20, with 1.00; 0.00042 beyond.
    static let tiers: [(String?, String, String)] = [
        ("10", "0.5", "2"), ("20", "0.4", "1"), (nil, "0.00042", "0"),
    ]

    @Test(
        "of tiers: graduated each unit in its own, by volume all in the last",
        arguments: [
            // Nothing is used: the fee of the first tier alone.
            ("0", "2", "2"),
            // 1 × 0.50 + 2.00
            ("1", "2.5", "2.5"),
            // Up to and including 10: 10 × 0.50 + 2.00
            ("10", "7", "7"),
            // 10 × 0.50 + 2.00 + 0.001 × 0.40 + 1.00; by volume 10.001 × 0.40 + 1.00
            ("10.001", "8.0004", "5.0004"),
            // 5.00 + 2.00 + 4.00 + 1.00; 20 × 0.40 + 1.00
            ("20", "12", "9"),
            // 12.00 + 1000 × 0.00042; 1020 × 0.00042
            ("1020", "12.42", "0.4284"),
        ])
    func tiered(quantity: String, graduated: String, volume: String) throws {
        #expect(try exact(.graduated(tiers()), quantity) == graduated)
        #expect(try exact(.volume(tiers()), quantity) == volume)
    }

    @Test("of tiers cost nothing at nothing where the contract says so")
    func switchedOff() throws {
        for model in [PriceModel.graduated(try tiers()), .volume(try tiers())] {
            var pricing = Pricing(model, in: try euro())
            pricing.feeAtZero = false
            #expect(try pricing.quote(.zero).amountMinor == 0)
            #expect(try pricing.quote(Quantity(decimal: "1")).amountMinor == 250)
        }
    }

    @Test(
        "of packages: one that is begun counts",
        arguments: [("0", 0), ("0.000001", 1), ("5", 1), ("5.000001", 2), ("10", 2)] as [(String, Int64)])
    func packages(quantity: String, count: Int64) throws {
        let (price, size) = (try decimal("3.333"), try Quantity(decimal: "5"))
        let lazy = Pricing(.package(price, size: size, billsEmpty: false), in: try euro())
        let eager = Pricing(.package(price, size: size, billsEmpty: true), in: try euro())
        // 3.333 × 2 = 6.666, half-up 6.67; rounding each would give 6.66.
        let amounts: [Int64] = [0, 333, 667]
        #expect(try lazy.quote(Quantity(decimal: quantity)).amountMinor == amounts[Int(count)])
        #expect(try eager.quote(Quantity(decimal: quantity)).amountMinor == amounts[Int(max(count, 1))])
    }

    @Test("that are flat, per unit or a percentage")
    func others() throws {
        #expect(try exact(.flat(decimal("9.99")), "7") == "9.99")
        #expect(try exact(.perUnit(decimal("0.00042")), "1234.5") == "0.51849")
        #expect(try exact(.percentage(percent: decimal("2.9"), of: decimal("1234.567")), "0") == "35.802443")
        let yen = try #require(Currency("JPY"))
        // No cents: 1,000 yen are 1,000 minor units, not 100,000.
        #expect(try Pricing(.flat(decimal("1000")), in: yen).quote(.zero).amountMinor == 1000)
    }

    @Test("give included units for nothing, and stay between minimum and maximum, each as a line of its own")
    func limits() throws {
        var pricing = Pricing(.perUnit(try decimal("0.1")), in: try euro())
        (pricing.included, pricing.setUpMinor) = (try Quantity(decimal: "10"), 500)
        (pricing.minimumMinor, pricing.maximumMinor) = (200, 300)
        for (quantity, lines) in [
            ("10", [0, 200, 0]), ("25", [150, 50, 0]), ("30", [200, 0, 0]), ("40", [300, 0, 0]),
            ("1000", [9900, 0, -9600]),
        ] as [(String, [Int64])] {
            let quote = try pricing.quote(Quantity(decimal: quantity))
            #expect([quote.amountMinor, quote.trueUpMinor, quote.reductionMinor] == lines, "\(quantity)")
            #expect(quote.totalMinor == lines.reduce(500, +), "\(quantity)")
        }
    }

    @Test("whose tiers contradict each other are refused, with the place")
    func refused() throws {
        let none = try decimal("1")
        func tier(_ upTo: String?) throws -> PriceTier {
            PriceTier(upTo: try upTo.map { try Quantity(decimal: $0) }, unitPrice: none)
        }
        for (ends, error) in [
            ([], .noTiers), (["0", nil], .tierOutOfOrder(tier: 0)),
            (["5", "5", nil], .tierOutOfOrder(tier: 1)),
            ([nil, nil], .tierWithoutEnd(tier: 0)), (["5"], .lastTierEnds(tier: 0)),
        ] as [([String?], PriceModelError)] {
            let pricing = Pricing(.graduated(try ends.map(tier)), in: try euro())
            #expect(throws: error) { try pricing.quote(.zero) }
        }
        let package = PriceModel.package(none, size: .zero, billsEmpty: false)
        #expect(throws: PriceModelError.emptyPackage) { try Pricing(package, in: euro()).quote(.zero) }
        let volume = Pricing(.volume(try tiers()), in: try euro())
        #expect(throws: PriceModelError.volumeIsNotProgressive) {
            try volume.quote(.one, billed: .zero)
        }
        #expect(throws: PriceModelError.overflow) {
            try Pricing(.perUnit(decimal("999999999999999999")), in: euro()).quote(Quantity(micros: .max))
        }
    }

    @Test(
        "that are billed little by little add up to the price of all, and more never costs less",
        arguments: seeds)
    func progressive(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let pricing = try Pricing.random(in: euro(), using: &random)
            var (billed, total, whole): (Quantity?, Int64, Int64) = (nil, 0, .min)
            let lines = Int.random(in: 1...6, using: &random)
            for line in 1...lines {
                let more = Int64.random(in: 0...30_000_000, using: &random)
                let quantity = Quantity(micros: (billed?.micros ?? 0) + more)
                let quote = try pricing.quote(quantity, billed: billed, isLast: line == lines)
                total += try #require(quote.totalMinor)
                let price = try #require(try pricing.quote(quantity).totalMinor)
                #expect(price >= whole, "seed \(seed): \(pricing), \(quantity)")
                (billed, whole) = (quantity, price)
            }
            #expect(total == whole, "seed \(seed): \(pricing), \(billed ?? .zero) in \(lines) lines")
        }
    }

    @Test("by volume cost less for more only where a tier begins", arguments: seeds)
    func volume(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let tiers = try PriceTier.random(using: &random)
            let pricing = Pricing(.volume(tiers), in: try euro())
            let low = Int64.random(in: 0...60_000_000, using: &random)
            let high = low + Int64.random(in: 0...9_000_000, using: &random)
            let (less, more) = (Quantity(micros: low), Quantity(micros: high))
            if try pricing.quote(more).amountMinor < pricing.quote(less).amountMinor {
                let edge = tiers.compactMap(\.upTo).contains { less <= $0 && $0 < more }
                #expect(edge, "seed \(seed): \(tiers), from \(less) to \(more)")
            }
        }
    }

    private func tiers() throws -> [PriceTier] {
        try PricingTests.tiers.map { upTo, unitPrice, flatFee in
            PriceTier(
                upTo: try upTo.map { try Quantity(decimal: $0) }, unitPrice: try decimal(unitPrice),
                flatFee: try decimal(flatFee))
        }
    }

    private func exact(_ model: PriceModel, _ quantity: String) throws -> String {
        "\(try Pricing(model, in: euro()).quote(Quantity(decimal: quantity)).exact)"
    }

    private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }
    private func euro() throws -> Currency { try #require(Currency("EUR")) }
}

extension PriceTier {
    /// One to four tiers, each of up to 20 units, at prices that are not negative.
    fileprivate static func random(using random: inout Seeded) throws -> [PriceTier] {
        var end: Int64 = 0
        let count = Int.random(in: 1...4, using: &random)
        return try (1...count).map { place in
            end += Int64.random(in: 1...20_000_000, using: &random)
            return PriceTier(
                upTo: place == count ? nil : Quantity(micros: end),
                unitPrice: try ExactDecimal.random(using: &random),
                flatFee: try ExactDecimal.random(using: &random))
        }
    }
}

extension Pricing {
    /// Of a model that can be billed little by little.
    fileprivate static func random(in currency: Currency, using random: inout Seeded) throws -> Pricing {
        let price = try ExactDecimal.random(using: &random)
        let size = Quantity(micros: Int64.random(in: 1...9_000_000, using: &random))
        let models: [PriceModel] = [
            .flat(price), .perUnit(price), .graduated(try PriceTier.random(using: &random)),
            .package(price, size: size, billsEmpty: Bool.random(using: &random)),
        ]
        var pricing = Pricing(try #require(models.randomElement(using: &random)), in: currency)
        if Bool.random(using: &random) { pricing.included = size }
        pricing.feeAtZero = Bool.random(using: &random)
        if Bool.random(using: &random) { pricing.minimumMinor = .random(in: 0...2000, using: &random) }
        if Bool.random(using: &random) { pricing.maximumMinor = .random(in: 2000...9000, using: &random) }
        pricing.setUpMinor = .random(in: 0...999, using: &random)
        return pricing
    }
}

extension ExactDecimal {
    fileprivate static func random(using random: inout Seeded) throws -> ExactDecimal {
        let fraction = Int.random(in: 0...99_999, using: &random)
        return try #require(ExactDecimal("\(Int.random(in: 0...3, using: &random)).\(fraction.padded(5))"))
    }
}
