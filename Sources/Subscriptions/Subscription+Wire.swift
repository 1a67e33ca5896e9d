import BillingMath
import Kernel
import Web

struct SubscriptionPath: Codable, Sendable {
    let id: SubscriptionID
}

struct SubscriptionQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let customerId: CustomerID?
    let state: Subscription.State?
    let reference: Code?

    var filter: SubscriptionFilter {
        SubscriptionFilter(customer: customerId, state: state, reference: reference)
    }
}

struct NewSubscription: Codable, Sendable {
    struct Item: Codable, Sendable {
        let priceId: PriceID
        let quantity: Quantity?
    }

    let customerId: CustomerID
    let items: [Item]
    let reference: Code?
    let startedOn: Day?
    let trialUntil: Day?

    func order() throws -> Subscriptions.Order {
        var errors: [FieldError] = []
        if !(1...50).contains(items.count) { errors.append(FieldError("/items", "must have 1 to 50 items")) }
        for (index, item) in items.enumerated() where item.quantity.map({ $0.micros <= 0 }) ?? false {
            errors.append(FieldError("/items/\(index)/quantity", "must be more than 0"))
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        return Subscriptions.Order(
            customer: customerId, reference: reference,
            items: items.map { ($0.priceId, $0.quantity ?? .one) },
            startedOn: startedOn, trialUntil: trialUntil)
    }
}

struct Suspending: Codable, Sendable {
    let reason: Subscription.SuspensionReason
}

struct Cancelling: Codable, Sendable {
    enum When: String, Codable, Sendable, CaseIterable {
        case now
        case termEnd = "term_end"
    }

    let when: When
}

struct SubscriptionBody: Versioned, Codable, Sendable {
    let id: SubscriptionID
    let customerId: CustomerID
    let reference: Code?
    let state: Subscription.State
    let suspensionReason: Subscription.SuspensionReason?
    let currency: Currency
    let startedOn: Day
    let trialUntil: Day?
    let cancelOn: Day?
    let items: [SubscriptionItemBody]
    let version: Int
    let recordedAt: Instant
    let actions: [Subscription.Action]
}

struct SubscriptionItemBody: Codable, Sendable {
    let id: SubscriptionItemID
    let productId: ProductID
    let priceId: PriceID
    let quantity: Quantity
    let anchor: Day
    let interval: Interval
    let nextTerm: Int
    let nextDueOn: Day?
}

extension SubscriptionBody {
    init(_ whole: SubscriptionWithItems, for actor: Actor) {
        let subscription = whole.subscription
        self.init(
            id: subscription.id, customerId: subscription.customer, reference: subscription.reference,
            state: subscription.state, suspensionReason: subscription.suspensionReason,
            currency: subscription.currency, startedOn: subscription.startedOn,
            trialUntil: subscription.trialUntil,
            cancelOn: subscription.cancelOn, items: whole.items.map(SubscriptionItemBody.init),
            version: subscription.version, recordedAt: subscription.recordedAt,
            actions: subscription.actions(for: actor))
    }
}

extension SubscriptionItemBody {
    init(_ item: SubscriptionItem) {
        self.init(
            id: item.id, productId: item.product, priceId: item.schedule.price, quantity: item.quantity,
            anchor: item.schedule.terms.anchor, interval: item.schedule.terms.interval,
            nextTerm: item.schedule.nextTerm, nextDueOn: item.schedule.nextDueOn)
    }
}
