import BillingMath
import Kernel
import Postgres
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
    /// With what its terms are aligned: with their start or as the policy billing_day says, unless told.
    let alignment: TermAlignment?
    /// Redeemed in this order.
    let couponCodes: [Code]?
    /// `automatic` unless told.
    let renewal: RenewalMode?
    /// How many terms it runs at least; none unless told.
    let minimumTerms: Whole<1, 120>?

    func order() throws -> Subscriptions.Order {
        var errors: [FieldError] = []
        if !(1...50).contains(items.count) { errors.append(FieldError("/items", "must have 1 to 50 items")) }
        for (index, item) in items.enumerated() where item.quantity.map({ $0.micros <= 0 }) ?? false {
            errors.append(FieldError("/items/\(index)/quantity", "must be more than 0"))
        }
        let codes = couponCodes ?? []
        if codes.count > 10 || Set(codes).count < codes.count {
            errors.append(FieldError("/coupon_codes", "must have at most 10 codes, each once"))
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        return Subscriptions.Order(
            customer: customerId, reference: reference,
            items: items.map { ($0.priceId, $0.quantity ?? .one) },
            startedOn: startedOn, trialUntil: trialUntil, alignment: alignment?.alignment,
            coupons: codes, renewal: renewal ?? .automatic,
            minimumTerms: minimumTerms?.value)
    }
}

struct Suspending: Codable, AskedOfSubscription {
    let reason: Subscription.SuspensionReason
    /// Of the preview that was shown.
    let commitment: Text<64, 64>?

    func move(of subscription: Subscription, today: Day, in tx: Transaction) -> AskedMove {
        AskedMove(move: .suspend(reason), kind: .suspension, commitment: commitment)
    }
}

struct Cancelling: Codable, AskedOfSubscription {
    enum When: String, Codable, Sendable, CaseIterable {
        case now
        case termEnd = "term_end"
    }

    let when: When
    /// With `now`: whether what is billed and not used is given back. It is not unless told.
    let credit: Bool?
    let reason: Text<1, 500>?
    /// With `now`: whether it ends before its minimum term does. Then a reason is needed.
    let overridesMinimumTerm: Bool?
    /// Of the preview that was shown.
    let commitment: Text<64, 64>?

    func move(of subscription: Subscription, today: Day, in tx: Transaction) throws -> AskedMove {
        let overrides = overridesMinimumTerm ?? false
        if overrides, reason == nil {
            throw SubscriptionsProblem.unusableChange.with(errors: [
                FieldError("/reason", "is needed to override the minimum term")
            ])
        }
        let move: SubscriptionMove =
            when == .now
            ? .cancel(credits: credit ?? false, overridesMinimum: overrides) : .cancelAtTermEnd
        return AskedMove(move: move, kind: .cancellation, reason: reason, commitment: commitment)
    }
}

struct SubscriptionBody: Versioned, Codable, Sendable {
    let id: SubscriptionID
    let customerId: CustomerID
    let reference: Code?
    let state: Subscription.State
    let suspensionReason: Subscription.SuspensionReason?
    let suspendedOn: Day?
    /// What is billed meanwhile and afterwards; null: what the policies say when it is resumed.
    let suspensionBilling: SuspensionBilling?
    let currency: Currency
    let startedOn: Day
    let trialUntil: Day?
    let cancelOn: Day?
    let renewal: RenewalBody
    /// Before this day it is only cancelled with a reason.
    let minimumUntil: Day?
    let items: [SubscriptionItemBody]
    let version: Int
    let recordedAt: Instant
    let actions: [Subscription.Action]
}

/// One item, as it is sold today.
struct SubscriptionItemBody: Codable, Sendable {
    let id: SubscriptionItemID
    let productId: ProductID
    let priceId: PriceID
    let quantity: Quantity
    let anchor: Day
    let interval: Interval
    /// Whether it is billed for its first day alone, and nothing renews it; the interval is that day.
    let paidOnce: Bool
    /// When its terms are billed.
    let billed: BillingTiming
    /// The first term that is not billed yet.
    let nextTerm: Int
    /// When that is billed: when it starts or, in arrears, ends.
    let nextDueOn: Day?
    /// The day from which on it is no longer part of the subscription.
    let removedOn: Day?
    /// How it was, is and will be sold, in the order of the days.
    let schedules: [ItemScheduleBody]
}

/// What an item is from one day to another.
struct ItemScheduleBody: Codable, Sendable {
    let number: Int
    let productId: ProductID
    let priceId: PriceID
    let quantity: Quantity
    let anchor: Day
    let interval: Interval
    let paidOnce: Bool
    let billed: BillingTiming
    let startsOn: Day
    /// The first day on which it no longer holds.
    let endsOn: Day?
    let nextDueOn: Day?
}

extension SubscriptionBody {
    init(_ whole: SubscriptionWithItems, for actor: Actor) {
        let subscription = whole.subscription
        self.init(
            id: subscription.id, customerId: subscription.customer, reference: subscription.reference,
            state: subscription.state, suspensionReason: subscription.suspensionReason,
            suspendedOn: subscription.suspendedOn, suspensionBilling: subscription.suspensionBilling,
            currency: subscription.currency, startedOn: subscription.startedOn,
            trialUntil: subscription.trialUntil, cancelOn: subscription.cancelOn,
            renewal: RenewalBody(mode: subscription.renewal, renewedUntil: subscription.renewedUntil),
            minimumUntil: subscription.minimumUntil,
            items: whole.items.map { SubscriptionItemBody($0, today: whole.today) },
            version: subscription.version, recordedAt: subscription.recordedAt,
            actions: subscription.actions(for: actor))
    }
}

extension SubscriptionItemBody {
    fileprivate init(_ item: SubscriptionItem, today: Day) {
        let sold = item.schedule(on: today)
        self.init(
            id: item.id, productId: sold.product, priceId: sold.price, quantity: sold.quantity,
            anchor: sold.terms.anchor, interval: sold.terms.interval, paidOnce: sold.isPaidOnce,
            billed: sold.billed, nextTerm: sold.nextTerm, nextDueOn: sold.nextDueOn,
            removedOn: item.removedOn,
            schedules: item.inOrder.map(ItemScheduleBody.init))
    }
}

extension ItemScheduleBody {
    fileprivate init(_ schedule: ItemSchedule) {
        self.init(
            number: schedule.number, productId: schedule.product, priceId: schedule.price,
            quantity: schedule.quantity, anchor: schedule.terms.anchor, interval: schedule.terms.interval,
            paidOnce: schedule.isPaidOnce, billed: schedule.billed, startsOn: schedule.span.startsOn,
            endsOn: schedule.span.endsOn,
            nextDueOn: schedule.nextDueOn)
    }
}
