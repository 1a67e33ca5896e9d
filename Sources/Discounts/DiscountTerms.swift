package import BillingMath
package import Kernel

/// What a discount takes off, whoever grants it.
package struct DiscountTerms: Sendable, Hashable {
    /// As it is read on invoices.
    package let name: String
    /// An amount is off each term, for all items of the subscription together.
    package let value: Discount.Value
    package let charges: DiscountedCharges
    /// Empty: of any product, of any family, of any cycle.
    package var products: [ProductID] = []
    package var families: [ProductFamilyID] = []
    package var intervals: [Interval] = []
    /// How many terms of each item; nil: for ever.
    package let terms: Int?

    package init(_ name: String, _ value: Discount.Value, off charges: DiscountedCharges, terms: Int?) {
        self.name = name
        self.value = value
        self.charges = charges
        self.terms = terms
    }
}

extension DiscountTerms {
    /// Whether it lowers what is sold so.
    package func covers(_ offer: DiscountableOffer) -> Bool {
        (products.isEmpty || products.contains(offer.product))
            && (families.isEmpty || offer.family.map(families.contains) ?? false)
            && (intervals.isEmpty || offer.interval.map(intervals.contains) ?? false)
    }

    /// As it takes its place among others: see `Discount.inOrder`.
    package var discount: Discount {
        var discount = Discount(value)
        discount.products = products.isEmpty ? nil : Set(products.map(\.description))
        discount.families = families.isEmpty ? nil : Set(families.map(\.description))
        return discount
    }

    /// A percentage for ever is the subscription's: items that come later have it too.
    package var isOfAllItems: Bool {
        if case .percent = value { terms == nil } else { false }
    }
}

/// What a discount asks of the thing whose price it lowers.
package struct DiscountableOffer: Sendable, Hashable {
    package let product: ProductID
    package let family: ProductFamilyID?
    /// Nil for what is paid once.
    package let interval: Interval?

    package init(product: ProductID, family: ProductFamilyID?, interval: Interval?) {
        self.product = product
        self.family = family
        self.interval = interval
    }
}
