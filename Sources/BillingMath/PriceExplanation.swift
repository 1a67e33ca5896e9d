import Kernel

/// How a price followed from a quantity by its model, as explanations tell it.
struct PriceExplanation {
    private let pricing: Pricing
    private let quantity: Quantity
    private let quote: PriceQuote

    /// Nil where each unit costs the same.
    init?(_ price: UnitPrice, _ quantity: Quantity) {
        guard let pricing = price.pricing, let quote = try? pricing.quote(quantity) else { return nil }
        self.pricing = pricing
        self.quantity = quantity
        self.quote = quote
    }

    /// At least as many bytes as `write` takes: fractions have at most 80, texts of decimals 20.
    var longestJSON: Int { 1024 + 256 * quote.steps.count }

    func write(into json: inout JSONBytes) {
        json.string("model", pricing.model.name.rawValue)
        json.string("quantity", quantity.description)
        if pricing.included > .zero { json.string("included_quantity", pricing.included.description) }
        json.array("steps", count: quote.steps.count) { write(quote.steps[$1], into: &$0) }
        json.string("exact", "\(quote.exact)")
        json.string("rounding", pricing.rounding.rawValue)
        json.money("price", quote.amountMinor, pricing.currency)
        if quote.trueUpMinor != 0 { json.money("minimum_true_up", quote.trueUpMinor, pricing.currency) }
        if quote.reductionMinor != 0 {
            json.money("maximum_reduction", quote.reductionMinor, pricing.currency)
        }
    }

    private func write(_ step: PriceStep, into json: inout JSONBytes) {
        if let tier = step.tier { json.integer("tier", Int64(tier)) }
        json.string("unit_price", step.unitPrice.text)
        if let quantity = step.quantity { json.string("quantity", "\(quantity)") }
        let times = step.quantity.map { " * \($0)" } ?? ""
        json.string("arithmetic", "\(step.unitPrice)\(times) = \(step.exact)")
    }
}

extension PriceModel {
    fileprivate var name: PriceModelName {
        switch self {
        case .flat: .flat
        case .perUnit: .perUnit
        case .graduated: .graduated
        case .volume: .volume
        case .package: .package
        case .percentage: .percentage
        }
    }
}
