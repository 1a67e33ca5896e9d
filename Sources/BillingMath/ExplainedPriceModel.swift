package import Kernel

/// How a price followed from a quantity by a model, read back from an explanation.
package struct ExplainedPriceModel: Hashable, Sendable, Decodable {
    package let model: PriceModelName
    package let quantity: Quantity
    package let includedQuantity: Quantity?
    package let steps: [Step]
    package let rounding: Rounding
    package let price: Money
    package let minimumTrueUp: Money?
    package let maximumReduction: Money?

    /// One product, or one fee where there is no quantity.
    package struct Step: Hashable, Sendable, Decodable {
        package let tier: Int?
        package let unitPrice: ExactDecimal
        /// Of a model that counts packages it may be more than a `Quantity` holds.
        package let quantity: Fraction?
        let arithmetic: String
    }

    /// The sum of the steps, rounded once, with what a minimum adds and a maximum takes off.
    var recomputed: Money {
        get throws {
            var exact = Fraction.zero
            for step in steps {
                exact = try exact + Fraction(step.unitPrice) * (step.quantity ?? Fraction(1))
            }
            let sum = [
                try exact.minor(of: price.currency, rounding), minimumTrueUp?.amountMinor ?? 0,
                maximumReduction?.amountMinor ?? 0,
            ].reduce(Int128(0)) { $0 + Int128($1) }
            guard let amount = Int64(exactly: sum) else { throw MoneyError.overflow }
            return Money(amount, price.currency)
        }
    }

    /// Plain English, one step each.
    var sentences: [String] {
        let free = includedQuantity.map { ", of which \($0) are included" } ?? ""
        let steps = steps.map { step in
            let place = step.tier.map { "Tier \($0)" } ?? (step.quantity == nil ? "In all" : "Units")
            return "\(place): \(step.arithmetic.replacing(" * ", with: " × ")) \(price.currency)."
        }
        var sentences = ["\(quantity) by the price model \(model.rawValue)\(free)."] + steps
        if steps.count > 1 {
            sentences.append("Together, rounded \(rounding.words): \(price.decimal) \(price.currency).")
        }
        if let minimumTrueUp {
            sentences.append("\(minimumTrueUp.decimal) \(price.currency) more, up to the minimum.")
        }
        if let maximumReduction {
            sentences.append("\(maximumReduction.decimal) \(price.currency), down to the maximum.")
        }
        return sentences
    }
}

extension Fraction: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let fraction = Fraction(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is neither a decimal number nor of the form 12/31")
        }
        self = fraction
    }
}
