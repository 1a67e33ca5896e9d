package import Kernel

/// A discount as an item of a subscription has it: what of it is taken, and off which terms.
package struct HeldDiscount: Hashable, Sendable {
    /// As its keeper calls it.
    package let id: String
    /// As people read it on their invoice.
    package let name: String
    /// An amount is the item's own, off each of its terms.
    package let value: Discount.Value
    package let kinds: Set<Charge.Kind>
    /// The terms that it holds for start on or after this day.
    package let from: Day
    /// They end on or before this one; nil: for ever.
    package let until: Day?
    /// They start before this one, on which somebody ended it.
    package let endedOn: Day?

    package init(
        id: String, name: String, value: Discount.Value, kinds: Set<Charge.Kind>, from: Day,
        until: Day? = nil, endedOn: Day? = nil
    ) {
        self.id = id
        self.name = name
        self.value = value
        self.kinds = kinds
        self.from = from
        self.until = until
        self.endedOn = endedOn
    }

    /// `whole` is the term of the schedule, of which less may be billed. Only one that lies within the days
    /// of the discount has it: else one for a month would lower a year to which somebody changes meanwhile.
    package func holds(for whole: Term) -> Bool {
        whole.start >= from && (until.map { whole.end <= $0 } ?? true)
            && (endedOn.map { whole.start < $0 } ?? true)
    }
}

/// What a discount took off a charge.
package struct TakenDiscount: Hashable, Sendable {
    package let discount: HeldDiscount
    /// What there was to take: of an amount, what the item's other charge of the term had left of it.
    package let offered: Discount.Value
    /// Off the whole term; above zero.
    package let amountMinor: Int64
}

extension Charge {
    /// The same charge for the whole of a term, less what `held` take off it, in their order. An amount that
    /// `other`, the item's other charge of the term, has used is not given again.
    func less(_ held: [HeldDiscount], after other: Charge? = nil) throws(MoneyError) -> Charge {
        let offers = held.map { $0.left(after: other) }
        let discounts = zip(held, offers).map { held, offer in
            var discount = Discount(offer)
            discount.kinds = held.kinds
            return discount
        }
        let line = DiscountableLine(
            kind: kind, amountMinor: wholeMinor, term: 0, product: nil, family: nil)
        return taking(
            try [line].reductions(by: discounts).map { taken in
                TakenDiscount(
                    discount: held[taken.discount], offered: offers[taken.discount],
                    amountMinor: taken.amountMinor)
            })
    }
}

extension HeldDiscount {
    fileprivate func left(after other: Charge?) -> Discount.Value {
        guard case .amount(let amountMinor) = value else { return value }
        let used = other?.discounts.first { $0.discount.id == id }?.amountMinor ?? 0
        return .amount(amountMinor - used)
    }
}
