import BillingMath
import Kernel
import Web

struct PricePath: Codable, Sendable {
    let id: PriceID
}

struct PriceQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let productId: ProductID?
    let customerGroupId: CustomerGroupID?
    let customerId: CustomerID?
    let state: Price.State?

    var filter: PriceFilter {
        PriceFilter(product: productId, group: customerGroupId, customer: customerId, state: state)
    }
}

struct OfferQuery: Codable, Sendable {
    /// Without it, what everybody is sold at.
    let customerId: CustomerID?
}

struct OffersBody: Codable, Sendable {
    let items: [PriceBody]
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
    /// When its terms are billed, which all later versions keep; `in_advance` unless told.
    let billed: BillingTiming?
    /// Of these two at most one: whom the price is for; everybody unless told.
    let customerGroupId: CustomerGroupID?
    let customerId: CustomerID?

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
        if billed == .inArrears, interval == nil {
            throw CatalogProblem.unusablePricing.with(errors: [
                FieldError("/billed", "must be in_advance: what is paid once has no term that ends")
            ])
        }
        if customerGroupId != nil, customerId != nil {
            throw CatalogProblem.unusablePricing.with(errors: [
                FieldError("/customer_id", "must not be told with customer_group_id")
            ])
        }
        let audience =
            customerGroupId.map(PriceAudience.group) ?? customerId.map(PriceAudience.customer) ?? .everybody
        return try draft(in: currency).offered(to: audience, billed: billed ?? .inAdvance)
    }

    private func draft(in currency: Currency) throws -> PriceDraft {
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
    /// When its terms are billed.
    let billed: BillingTiming
    /// Whom it is for; both null: everybody.
    let customerGroupId: CustomerGroupID?
    let customerId: CustomerID?
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
            interval: price.interval, billed: price.billed, customerGroupId: price.audience.group,
            customerId: price.audience.customer, priceVersion: price.priceVersion, state: price.state,
            isInUse: price.isInUse,
            version: price.version, actions: price.actions(for: actor))
    }
}
