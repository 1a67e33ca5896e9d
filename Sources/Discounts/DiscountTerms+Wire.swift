package import BillingMath
package import Kernel
import Web

/// A percentage or an amount, as somebody asks for it.
package struct AskedDiscount: Sendable {
    private let percentage: ExactDecimal?
    private let amount: Money?

    package init(percentage: ExactDecimal?, amount: Money?) {
        self.percentage = percentage
        self.amount = amount
    }

    /// In `currency` where one is told. Throws `unusableDiscount` about the field that is wrong.
    package func value(in currency: Currency?) throws -> Discount.Value {
        switch (percentage, amount) {
        case (let percentage?, nil):
            try refuse(percentage.percentageError)
            return .percent(percentage)
        case (nil, let amount?):
            let other = currency.flatMap { $0 == amount.currency ? nil : $0 }
            try refuse(
                other.map { FieldError("/amount/currency", "must be \($0), like the subscription") }
                    ?? (amount.amountMinor > 0 ? nil : FieldError("/amount/amount", "must be more than 0")))
            return .amount(amount.amountMinor)
        default:
            throw DiscountsProblem.unusableDiscount.with(errors: [
                FieldError("/percentage", "or amount must be told, and not both")
            ])
        }
    }

    private func refuse(_ error: FieldError?) throws {
        if let error { throw DiscountsProblem.unusableDiscount.with(errors: [error]) }
    }
}

extension ExactDecimal {
    fileprivate var percentageError: FieldError? {
        let isShare = units > 0 && Int128(units) <= 100 * (0..<scale).reduce(Int128(1)) { ten, _ in ten * 10 }
        return isShare && scale <= 6
            ? nil : FieldError("/percentage", "must be more than 0 and at most 100, with at most 6 decimals")
    }
}
