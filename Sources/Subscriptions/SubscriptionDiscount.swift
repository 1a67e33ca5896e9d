import BillingMath
import Kernel
import Tenancy

/// What lowers the charges of one subscription, as it was when it was granted.
struct SubscriptionDiscount: Versioned, Sendable {
    let id: SubscriptionDiscountID
    let subscription: SubscriptionID
    let customer: CustomerID
    /// What a person gave as the reason; nil for a coupon.
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
}

/// What is granted, whoever grants it.
struct DiscountTerms: Sendable, Hashable {
    /// As it is read on invoices.
    let name: String
    /// An amount is off each term, for all items of the subscription together.
    let value: Discount.Value
    let charges: DiscountedCharges
    /// Empty: of any product, of any family, of any cycle.
    let products: [ProductID]
    let families: [ProductFamilyID]
    let intervals: [Interval]
    /// How many terms of each item; nil: for ever.
    let terms: Int?
}

/// What one item has of a discount.
struct DiscountedItem: Sendable, Hashable {
    /// The terms that have it start on or after the first day, and end on or before the second.
    let startsOn: Day
    let endsOn: Day?
    /// The item's share of an amount.
    let amountMinor: Int64?
}

extension DiscountTerms {
    /// Whether it lowers what is sold so.
    func covers(_ offer: DiscountableOffer) -> Bool {
        (products.isEmpty || products.contains(offer.product))
            && (families.isEmpty || offer.family.map(families.contains) ?? false)
            && (intervals.isEmpty || intervals.contains(offer.interval))
    }

    /// As it takes its place among others: see `Discount.inOrder`.
    var discount: Discount {
        var discount = Discount(value)
        discount.products = products.isEmpty ? nil : Set(products.map(\.description))
        discount.families = families.isEmpty ? nil : Set(families.map(\.description))
        return discount
    }

    /// A percentage for ever is the subscription's: items that come later have it too.
    var isOfAllItems: Bool {
        if case .percent = value { terms == nil } else { false }
    }
}

/// What a discount asks of the thing whose price it lowers.
struct DiscountableOffer: Sendable, Hashable {
    let product: ProductID
    let family: ProductFamilyID?
    let interval: Interval
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
