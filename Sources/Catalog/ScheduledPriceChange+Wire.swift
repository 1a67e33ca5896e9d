import BillingMath
import Kernel
import Web

struct ScheduledPriceChangePath: Codable, Sendable {
    let id: ScheduledPriceChangeID
}

struct ScheduledPriceChangeQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let priceId: PriceID?
    let state: ScheduledPriceChange.State?

    var filter: ScheduledPriceChangeFilter { ScheduledPriceChangeFilter(price: priceId, state: state) }
}

/// What a price is to ask, and from when on. Absent amounts stay as they are.
struct NewScheduledPriceChange: Codable, Sendable {
    let amount: Money?
    let setupFee: Money?
    /// Takes the place of the amount, or of another model.
    let pricing: PriceTerms?
    /// The first day of the new price, up to 36 months ahead.
    let effectiveOn: Day
    /// Whether subscriptions follow that were sold at the price, or keep it for good.
    let existingSubscriptions: PriceFollowing

    static let horizonMonths = 36

    var change: PriceChange { PriceChange(amount: amount, setupFee: setupFee, pricing: pricing) }

    func checkDay(today: Day) throws {
        let last = Interval(1, .month).flatMap { today.adding(Self.horizonMonths, $0) } ?? today
        if effectiveOn < today || effectiveOn > last {
            throw CatalogProblem.unusablePricing.with(errors: [
                FieldError("/effective_on", "must be a day from \(today) to \(last)")
            ])
        }
    }
}

struct ScheduledPriceChangeBody: Versioned, Codable, Sendable {
    let id: ScheduledPriceChangeID
    let priceId: PriceID
    let nextPriceId: PriceID
    /// What a unit costs before the change and behind it; with a model, what one unit alone costs.
    let amountBefore: Money
    let amount: Money
    let effectiveOn: Day
    let existingSubscriptions: PriceFollowing
    let state: ScheduledPriceChange.State
    let recordedAt: Instant
    let version: Int
    let actions: [ScheduledPriceChange.Action]
}

extension ScheduledPriceChangeBody {
    init(_ compared: ComparedPriceChange, for actor: Actor) {
        let change = compared.change
        self.init(
            id: change.id, priceId: change.price, nextPriceId: change.next,
            amountBefore: compared.before.amount, amount: compared.after.amount,
            effectiveOn: change.effectiveOn, existingSubscriptions: change.existing, state: change.state,
            recordedAt: change.recordedAt, version: change.version, actions: change.actions(for: actor))
    }
}
