import BillingMath
import Kernel
import Web

struct CouponPath: Codable, Sendable {
    let id: CouponID
}

struct CouponQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: Coupon.State?
    let code: Code?
}

struct NewCoupon: Codable, Sendable, HasExample {
    static let example: JSONValue = [
        "code": "SPRING-25", "name": "Spring sale", "percentage": "25", "terms": 12,
        "intervals": [["unit": "month", "count": 1]], "max_uses_per_customer": 1, "new_customers_only": true,
        "valid_until": "2027-04-30",
    ]
    /// More than this many products, families, cycles or customers are refused.
    static let limit = 50

    let code: Code
    /// As it is read on invoices.
    let name: Text<1, 200>
    /// More than 0, at most 100, of what a line still costs.
    let percentage: ExactDecimal?
    /// Off each term, for all items of a subscription together.
    let amount: Money?
    /// `recurring` unless told.
    let appliesTo: DiscountedCharges?
    /// How many terms of each item have it; for ever unless told.
    let terms: Whole<1, 1200>?
    /// Those that it is limited to; any unless told, and so on.
    let productIds: [ProductID]?
    let productFamilyIds: [ProductFamilyID]?
    let intervals: [Interval]?
    let customerIds: [CustomerID]?
    /// Only with a customer's first subscription.
    let newCustomersOnly: Bool?
    let maxUses: Whole<1, 1_000_000>?
    let maxUsesPerCustomer: Whole<1, 1_000_000>?
    /// Both days are in.
    let validFrom: Day?
    let validUntil: Day?
}

extension NewCoupon {
    func discount() throws -> DiscountTerms {
        var discount = DiscountTerms(
            name.text, try AskedDiscount(percentage: percentage, amount: amount).value(in: nil),
            off: appliesTo ?? .recurring, terms: terms?.value)
        discount.products = productIds ?? []
        discount.families = productFamilyIds ?? []
        discount.intervals = intervals ?? []
        return discount
    }

    func limits() throws -> CouponLimits {
        let lists = [
            ("/product_ids", productIds?.count), ("/product_family_ids", productFamilyIds?.count),
            ("/intervals", intervals?.count), ("/customer_ids", customerIds?.count),
        ]
        var errors = lists.filter { ($0.1 ?? 0) > NewCoupon.limit }.map {
            FieldError($0.0, "must have at most \(NewCoupon.limit) elements")
        }
        if let validFrom, let validUntil, validUntil < validFrom {
            errors.append(FieldError("/valid_until", "must not be before valid_from"))
        }
        if !errors.isEmpty { throw DiscountsProblem.unusableDiscount.with(errors: errors) }
        var limits = CouponLimits()
        limits.customers = customerIds ?? []
        limits.newCustomersOnly = newCustomersOnly ?? false
        limits.maxUses = maxUses?.value
        limits.maxUsesPerCustomer = maxUsesPerCustomer?.value
        (limits.validFrom, limits.validUntil) = (validFrom, validUntil)
        return limits
    }
}

struct CouponBody: Versioned, Codable, Sendable {
    let id: CouponID
    let code: Code
    let name: String
    let state: Coupon.State
    let percentage: ExactDecimal?
    let amount: Money?
    let appliesTo: DiscountedCharges
    let terms: Int?
    /// Those that it is limited to; empty: any.
    let productIds: [ProductID]
    let productFamilyIds: [ProductFamilyID]
    let intervals: [Interval]
    let customerIds: [CustomerID]
    let newCustomersOnly: Bool
    let maxUses: Int?
    let maxUsesPerCustomer: Int?
    /// Both days are in.
    let validFrom: Day?
    let validUntil: Day?
    /// How often it was redeemed.
    let uses: Int
    let version: Int
    let recordedAt: Instant
    let actions: [Coupon.Action]
}

extension CouponBody {
    init(_ coupon: Coupon, for actor: Actor) {
        let terms = coupon.terms
        let limits = coupon.limits
        let amount = terms.amountMinor.flatMap { minor in coupon.currency.map { Money(minor, $0) } }
        self.init(
            id: coupon.id, code: coupon.code, name: terms.name, state: coupon.state,
            percentage: terms.percentage, amount: amount, appliesTo: terms.charges, terms: terms.terms,
            productIds: terms.products, productFamilyIds: terms.families, intervals: terms.intervals,
            customerIds: limits.customers, newCustomersOnly: limits.newCustomersOnly,
            maxUses: limits.maxUses, maxUsesPerCustomer: limits.maxUsesPerCustomer,
            validFrom: limits.validFrom, validUntil: limits.validUntil, uses: coupon.uses,
            version: coupon.version, recordedAt: coupon.recordedAt, actions: coupon.actions(for: actor))
    }
}
