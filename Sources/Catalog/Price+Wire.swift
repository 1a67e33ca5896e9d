import Kernel
import Web

struct PricePath: Codable, Sendable {
    let id: PriceID
}

struct NewPrice: Codable, Sendable {
    let amount: Money
    let setupFee: Money?
    let interval: Interval?

    /// `pointer` is where this price stands in the body, for the errors.
    func draft(at pointer: String = "") throws -> PriceDraft {
        if let setupFee, setupFee.currency != amount.currency {
            throw Problem.invalid.with(errors: [
                FieldError("\(pointer)/setup_fee/currency", "must be \(amount.currency), like the amount's")
            ])
        }
        do {
            return try PriceDraft(
                currency: amount.currency, interval: interval, amountMinor: amount.amountMinor,
                setupFeeMinor: setupFee?.amountMinor ?? 0)
        } catch let problem as Problem {
            throw problem.with(errors: problem.errors.map { FieldError(pointer + $0.pointer, $0.message) })
        }
    }
}

/// Absent fields stay as they are.
struct PriceChangeBody: Codable, Sendable {
    let amount: Money?
    let setupFee: Money?

    var change: PriceChange { PriceChange(amount: amount, setupFee: setupFee) }
}

struct PriceBody: Versioned, Codable, Sendable {
    let id: PriceID
    let productId: ProductID
    let amount: Money
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
            id: price.id, productId: price.product, amount: price.amount, setupFee: price.setupFee,
            interval: price.interval, priceVersion: price.priceVersion, state: price.state,
            isInUse: price.isInUse,
            version: price.version, actions: price.actions(for: actor))
    }
}
