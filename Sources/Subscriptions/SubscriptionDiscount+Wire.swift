import BillingMath
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

/// A discount that a person grants: a percentage or an amount.
struct NewDiscount: Codable, Sendable, HasExample {
    static let example: JSONValue = [
        "name": "Apology for the outage", "percentage": "10", "applies_to": "recurring", "terms": 1,
        "reason": "Two hours without e-mail on 3 March",
    ]

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
    /// Throws `unusableDiscount` about every field that is wrong.
    func terms(in currency: Currency) throws -> DiscountTerms {
        DiscountTerms(
            name: name?.text ?? "Discount", value: try value(in: currency),
            charges: appliesTo ?? .recurring, products: [], families: [], intervals: [],
            terms: terms?.value)
    }

    private func value(in currency: Currency) throws -> Discount.Value {
        switch (percentage, amount) {
        case (let percentage?, nil):
            try refuse(percentage.percentageError)
            return .percent(percentage)
        case (nil, let amount?):
            let error =
                amount.currency != currency
                ? FieldError("/amount/currency", "must be \(currency), like the subscription")
                : amount.amountMinor > 0 ? nil : FieldError("/amount/amount", "must be more than 0")
            try refuse(error)
            return .amount(amount.amountMinor)
        default:
            let rule = "or amount must be told, and not both"
            throw SubscriptionsProblem.unusableDiscount.with(errors: [FieldError("/percentage", rule)])
        }
    }

    private func refuse(_ error: FieldError?) throws {
        if let error { throw SubscriptionsProblem.unusableDiscount.with(errors: [error]) }
    }
}

extension ExactDecimal {
    fileprivate var percentageError: FieldError? {
        let isShare = units > 0 && Int128(units) <= 100 * (0..<scale).reduce(Int128(1)) { ten, _ in ten * 10 }
        return isShare && scale <= 6
            ? nil : FieldError("/percentage", "must be more than 0 and at most 100, with at most 6 decimals")
    }
}

struct SubscriptionDiscountBody: Versioned, Codable, Sendable {
    let id: SubscriptionDiscountID
    let subscriptionId: SubscriptionID
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
        let (percentage, amount): (ExactDecimal?, Money?) =
            switch discount.terms.value {
            case .percent(let percentage): (percentage, nil)
            case .amount(let minor): (nil, Money(minor, discount.currency))
            }
        self.init(
            id: discount.id, subscriptionId: discount.subscription, name: discount.terms.name,
            percentage: percentage, amount: amount, appliesTo: discount.terms.charges,
            productIds: discount.terms.products, productFamilyIds: discount.terms.families,
            intervals: discount.terms.intervals, terms: discount.terms.terms, grantedOn: discount.grantedOn,
            endedOn: discount.endedOn, reason: discount.reason, version: discount.version,
            recordedAt: discount.recordedAt)
    }
}
