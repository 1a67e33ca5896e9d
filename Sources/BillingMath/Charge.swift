import Foundation
package import Kernel

/// A unit price times a quantity, rounded once to the minor unit, less discounts.
package struct Charge: Hashable, Sendable {
    /// Why it is charged. The raw values stand in the database and in explanations.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case recurring
        case setUp = "set_up"
    }

    package let kind: Kind
    package let unitMinor: Int64
    package let quantity: Quantity
    /// What is charged: of a part of a term, for the part.
    package private(set) var amountMinor: Int64
    /// What unit price and quantity come to: of a part of a term, the price of the whole.
    package let wholeMinor: Int64
    /// What was taken off the whole, in this order.
    package private(set) var discounts: [TakenDiscount] = []
    /// Whether it is for a part of a term.
    package private(set) var isPart = false
    /// What it would be without discounts.
    package private(set) var fullMinor: Int64

    /// What the whole costs once the discounts are taken off.
    package var discountedMinor: Int64 { discounts.reduce(wholeMinor) { $0 - $1.amountMinor } }
    /// How much less is charged because of the discounts; never below zero.
    package var discountMinor: Int64 { fullMinor - amountMinor }

    /// 4.99 × 1.5 is 7.485, half-up 7.49. Throws `MoneyError.overflow` beyond 64 bits.
    package init(_ kind: Kind, unitMinor: Int64, quantity: Quantity) throws(MoneyError) {
        self.kind = kind
        self.unitMinor = unitMinor
        self.quantity = quantity
        wholeMinor = try Charge.amount(unitMinor, times: quantity)
        amountMinor = wholeMinor
        fullMinor = wholeMinor
    }

    /// The same less what discounts take off it.
    func taking(_ taken: [TakenDiscount]) -> Charge {
        var charge = self
        charge.discounts = taken
        charge.amountMinor = charge.discountedMinor
        return charge
    }

    fileprivate static func amount(_ unitMinor: Int64, times quantity: Quantity) throws(MoneyError) -> Int64 {
        let product = Int128(unitMinor) * Int128(quantity.micros)
        let rounded = Rounding.halfUp.divide(product, by: Int128(Quantity.one.micros))
        guard let amount = Int64(exactly: rounded) else { throw .overflow }
        return amount
    }

    /// The same for what is billed of a term: all of it, or a part by the rule of proration. A part costs the
    /// part of what the whole costs with its discounts.
    func covering(
        _ billed: CycleTerm, by rule: Proration, in zone: TimeZone
    ) throws(MoneyError) -> Charge {
        guard billed.isShort, let part = billed.term.days, let whole = billed.whole.days else { return self }
        var charge = self
        charge.isPart = true
        charge.amountMinor = try rule.part(part, of: whole, at: discountedMinor, in: zone)
        charge.fullMinor =
            discounts.isEmpty ? charge.amountMinor : try rule.part(part, of: whole, at: wholeMinor, in: zone)
        return charge
    }

    /// What a whole term costs, with the discounts that hold for it.
    package static func recurring(
        _ price: UnitPrice, _ quantity: Quantity, less discounts: [HeldDiscount], in whole: Term
    ) throws(MoneyError) -> Charge {
        let held = discounts.filter { $0.holds(for: whole) }
        let charge = try recurring(price, quantity)
        return held.isEmpty ? charge : try charge.less(held)
    }

    /// What every whole term costs. By a model it is one at what the model comes to.
    package static func recurring(
        _ price: UnitPrice, _ quantity: Quantity
    ) throws(MoneyError) -> Charge {
        guard let pricing = price.pricing else {
            return try Charge(.recurring, unitMinor: price.recurringMinor, quantity: quantity)
        }
        guard let quote = try? pricing.quote(quantity), let total = quote.totalMinor else { throw .overflow }
        return try Charge(.recurring, unitMinor: total, quantity: .one)
    }

    /// What comes on top with one term; nil when the price has no set-up fee.
    package static func setUp(_ item: DueItem) throws(MoneyError) -> Charge? {
        guard item.price.setUpMinor != 0 else { return nil }
        return try Charge(.setUp, unitMinor: item.price.setUpMinor, quantity: item.quantity)
    }
}

/// What a person wrote on an invoice by hand: the same arithmetic as a `Charge`, and no term behind it.
package struct ManualCharge: Hashable, Sendable {
    package let unitMinor: Int64
    package let quantity: Quantity
    package let amountMinor: Int64

    /// 4.99 × 1.5 is 7.485, half-up 7.49. Throws `MoneyError.overflow` beyond 64 bits.
    package init(unitMinor: Int64, quantity: Quantity) throws(MoneyError) {
        self.unitMinor = unitMinor
        self.quantity = quantity
        amountMinor = try Charge.amount(unitMinor, times: quantity)
    }
}
