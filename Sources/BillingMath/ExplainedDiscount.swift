package import Kernel

/// What a discount took off a line's price, read back from its explanation.
package struct ExplainedDiscount: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case percent(ExactDecimal)
        /// At most.
        case amount(Money)
    }

    package let name: String
    package let value: Value
    package let amount: Money
    private let arithmetic: String

    /// What is left of `price` once it is taken off.
    func taken(off price: Money) throws -> Money {
        let value: Discount.Value =
            switch self.value {
            case .percent(let percent): .percent(percent)
            case .amount(let offered): .amount(offered.amountMinor)
            }
        let line = DiscountableLine(
            kind: .recurring, amountMinor: price.amountMinor, term: 0, product: nil, family: nil)
        let taken = try [line].reductions(by: [Discount(value)]).reduce(Int64(0)) { $0 + $1.amountMinor }
        return Money(price.amountMinor - taken, price.currency)
    }

    var sentence: String {
        "Less “\(name)”: \(arithmetic.inWords(.halfUp)) \(amount.currency)."
    }
}

extension ExplainedDiscount: Decodable {
    private enum CodingKeys: String, CodingKey {
        case name, percentage, offered, arithmetic, amount
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        name = try object.decode(String.self, forKey: .name)
        arithmetic = try object.decode(String.self, forKey: .arithmetic)
        amount = try object.decode(Money.self, forKey: .amount)
        if let percent = try object.decodeIfPresent(ExactDecimal.self, forKey: .percentage) {
            value = .percent(percent)
        } else {
            value = .amount(try object.decode(Money.self, forKey: .offered))
        }
    }
}
