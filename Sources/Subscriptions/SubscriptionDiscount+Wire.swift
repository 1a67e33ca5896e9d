import BillingMath
import Discounts
import Kernel
import Postgres
import Web

struct SubscriptionDiscountPath: Codable, Sendable {
    let id: SubscriptionDiscountID
}

struct SubscriptionDiscountQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

/// A coupon to redeem, or a discount that a person grants: a percentage or an amount.
struct NewDiscount: Codable, Sendable, HasExample {
    static let example: JSONValue = [
        "name": "Apology for the outage", "percentage": "10", "applies_to": "recurring", "terms": 1,
        "reason": "Two hours without e-mail on 3 March",
    ]

    /// With it, nothing else but the reason is told.
    let couponCode: Code?
    /// As it is read on invoices; `Discount` unless told.
    let name: Text<1, 200>?
    /// More than 0, at most 100, of what a line still costs.
    let percentage: ExactDecimal?
    /// Off each term, for all items of the subscription together.
    let amount: Money?
    /// `recurring` unless told.
    let appliesTo: DiscountedCharges?
    /// How many terms of each item have it; for ever unless told.
    let terms: Whole<1, 1200>?
    /// For those who look at it later.
    let reason: Text<1, 500>?
}

extension NewDiscount {
    /// What a person grants. Throws `unusableDiscount` about every field that is wrong.
    func terms(in currency: Currency) throws -> DiscountTerms {
        DiscountTerms(
            name?.text ?? "Discount",
            try AskedDiscount(percentage: percentage, amount: amount).value(in: currency),
            off: appliesTo ?? .recurring, terms: terms?.value)
    }

    /// A coupon says itself what it gives. Throws `unusableDiscount` about every field that would say more.
    func checkAlone() throws {
        let fields = [
            ("/name", name == nil), ("/percentage", percentage == nil), ("/amount", amount == nil),
            ("/applies_to", appliesTo == nil), ("/terms", terms == nil),
        ]
        let errors = fields.filter { !$0.1 }.map { FieldError($0.0, "must not be told with a coupon") }
        if !errors.isEmpty { throw DiscountsProblem.unusableDiscount.with(errors: errors) }
    }
}

struct SubscriptionDiscountBody: Versioned, Codable, Sendable {
    let id: SubscriptionDiscountID
    let subscriptionId: SubscriptionID
    /// Null for what a person granted.
    let couponId: CouponID?
    let name: String
    let percentage: ExactDecimal?
    let amount: Money?
    let appliesTo: DiscountedCharges
    /// Those that it is limited to; empty: any.
    let productIds: [ProductID]
    let productFamilyIds: [ProductFamilyID]
    let intervals: [Interval]
    /// How many terms of each item have it; null: all.
    let terms: Int?
    let grantedOn: Day
    /// No term that starts on or after this day has it.
    let endedOn: Day?
    let reason: Text<1, 500>?
    let version: Int
    let recordedAt: Instant
}

extension SubscriptionDiscountBody {
    init(_ discount: SubscriptionDiscount) {
        self.init(
            id: discount.id, subscriptionId: discount.subscription, couponId: discount.coupon,
            name: discount.terms.name,
            percentage: discount.terms.percentage, amount: discount.amount, appliesTo: discount.terms.charges,
            productIds: discount.terms.products, productFamilyIds: discount.terms.families,
            intervals: discount.terms.intervals, terms: discount.terms.terms, grantedOn: discount.grantedOn,
            endedOn: discount.endedOn, reason: discount.reason, version: discount.version,
            recordedAt: discount.recordedAt)
    }
}
