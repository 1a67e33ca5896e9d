import BillingMath
import Kernel
import Web

struct PricePath: Codable, Sendable {
    let id: PriceID
}

/// What a unit costs, or the model by which the price follows from the quantity.
struct NewPrice: Codable, Sendable, HasExample {
    /// What a unit costs; instead of `pricing`.
    let amount: Money?
    /// Of `pricing`.
    let currency: Currency?
    let pricing: PriceTerms?
    let setupFee: Money?
    let interval: Interval?

    static let example: JSONValue = [
        "amount": ["amount": 499, "currency": "EUR"], "setup_fee": ["amount": 900, "currency": "EUR"],
        "interval": ["unit": "month", "count": 1],
    ]

    /// `pointer` is where this price stands in the body, for the errors.
    func draft(at pointer: String = "") throws -> PriceDraft {
        do {
            return try draft()
        } catch let problem as Problem {
            throw problem.with(errors: problem.errors.map { FieldError(pointer + $0.pointer, $0.message) })
        }
    }

    private func draft() throws -> PriceDraft {
        guard let currency = amount?.currency ?? currency, (amount == nil) == (pricing != nil) else {
            throw CatalogProblem.unusablePricing.with(errors: [
                FieldError("/amount", "must be there, or else currency and pricing")
            ])
        }
        var errors: [FieldError] = []
        if let setupFee, setupFee.currency != currency {
            errors.append(FieldError("/setup_fee/currency", "must be \(currency), like the price's"))
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        let fee = setupFee?.amountMinor ?? 0
        if let pricing {
            return try PriceDraft(pricing: pricing, in: currency, every: interval, setupFeeMinor: fee)
        }
        return try PriceDraft(
            currency: currency, interval: interval, amountMinor: amount?.amountMinor ?? 0, setupFeeMinor: fee)
    }
}

/// Absent fields stay as they are.
struct PriceChangeBody: Codable, Sendable {
    let amount: Money?
    let setupFee: Money?
    /// Takes the place of the amount, or of another model.
    let pricing: PriceTerms?

    var change: PriceChange { PriceChange(amount: amount, setupFee: setupFee, pricing: pricing) }
}

struct PriceBody: Versioned, Codable, Sendable {
    let id: PriceID
    let productId: ProductID
    /// What a unit costs; with `pricing`, what one unit alone costs by it.
    let amount: Money
    let pricing: PriceTerms?
    let setupFee: Money
    let interval: Interval?
    let priceVersion: Int
    let state: Price.State
    let isInUse: Bool
    let version: Int
    let actions: [Price.Action]
}

extension PriceBody {
    init(_ price: Price, for actor: Actor) {
        self.init(
            id: price.id, productId: price.product, amount: price.amount, pricing: price.pricing,
            setupFee: price.setupFee,
            interval: price.interval, priceVersion: price.priceVersion, state: price.state,
            isInUse: price.isInUse,
            version: price.version, actions: price.actions(for: actor))
    }
}
