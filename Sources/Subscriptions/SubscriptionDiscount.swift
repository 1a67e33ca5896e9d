import BillingMath
import Discounts
import Kernel
import Tenancy

/// What lowers the charges of one subscription, as it was when it was granted.
struct SubscriptionDiscount: Versioned, Sendable {
    let id: SubscriptionDiscountID
    let subscription: SubscriptionID
    let customer: CustomerID
    /// Nil for what a person granted.
    let coupon: CouponID?
    /// What a person gave as the reason.
    let reason: Text<1, 500>?
    /// The subscription's.
    let currency: Currency
    let terms: DiscountTerms
    let grantedOn: Day
    /// No term that starts on or after this day has it.
    var endedOn: Day?
    /// Of the items that were there when it was granted, those that it lowers.
    var items: [SubscriptionItemID: DiscountedItem] = [:]
    let version: Int
    let recordedAt: Instant

    /// Nil for a percentage.
    var amount: Money? { terms.amountMinor.map { Money($0, currency) } }
}

/// What one item has of a discount.
struct DiscountedItem: Sendable, Hashable {
    /// The terms that have it start on or after the first day, and end on or before the second.
    let startsOn: Day
    let endsOn: Day?
    /// The item's share of an amount.
    let amountMinor: Int64?
}

extension SubscriptionDiscount {
    /// What an item has of it; `own` is nil for an item that came after it was granted.
    func held(_ own: DiscountedItem?, selling offer: DiscountableOffer) -> HeldDiscount? {
        guard terms.covers(offer), own != nil || terms.isOfAllItems else { return nil }
        return HeldDiscount(
            id: id.description, name: terms.name,
            value: own?.amountMinor.map { .amount($0) } ?? terms.value, kinds: terms.charges.kinds,
            from: own?.startsOn ?? grantedOn, until: own?.endsOn, endedOn: endedOn)
    }
}

/// The discounts of one item, in the order in which they are taken.
struct HeldDiscounts: Sendable {
    private var held: [(discount: Discount, held: HeldDiscount)] = []

    /// The earlier granted first.
    mutating func add(_ held: HeldDiscount?, of terms: DiscountTerms) {
        if let held { self.held.append((terms.discount, held)) }
    }

    var inOrder: [HeldDiscount] {
        Discount.inOrder(held.map(\.discount)).map { held[$0].held }
    }
}

extension SubscriptionHistory {
    /// What lowers the charges of an item while it sells this.
    func discounts(of item: SubscriptionItemID, selling offer: Offer) -> [HeldDiscount] {
        if discounts.isEmpty { return [] }
        var held = HeldDiscounts()
        for discount in discounts {
            held.add(discount.held(discount.items[item], selling: offer.discountable), of: discount.terms)
        }
        return held.inOrder
    }
}
