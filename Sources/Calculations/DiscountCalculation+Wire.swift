import BillingMath
import Kernel
import Web

/// What a calculation of discounts takes: charges, and what is taken off them.
struct DiscountInput: CalculationInput {
    let currency: Currency
    let lines: [DiscountLineInput]
    let discounts: [DiscountTermsInput]
    let rounding: Rounding?

    static let example: JSONValue = [
        "currency": "EUR",
        "lines": [
            ["id": "web", "amount": 10_000, "product": "web-m", "family": "hosting", "term": 2],
            ["id": "setup", "kind": "set_up", "amount": 1500, "product": "web-m"],
        ],
        "discounts": [
            ["id": "WELCOME", "amount": 500, "terms": 1],
            ["id": "HOSTING10", "percentage": "10", "families": ["hosting"], "kinds": ["recurring"]],
        ],
    ]
    /// More lines or discounts than this are refused.
    static let limit = 500
}

struct DiscountLineInput: Codable, Sendable {
    let id: Text<1, 100>
    /// `recurring` unless told.
    let kind: Charge.Kind?
    /// In minor units.
    let amount: Int64
    /// The term that the line charges, counted from 0.
    let term: Whole<0, 100_000>?
    let product: Text<1, 100>?
    let family: Text<1, 100>?
}

/// One discount: a share or an amount.
struct DiscountTermsInput: Codable, Sendable {
    let id: Text<1, 100>
    /// From 0 to 100.
    let percentage: ExactDecimal?
    /// In minor units, for all lines together.
    let amount: Int64?
    /// Both unless told.
    let kinds: [Charge.Kind]?
    let products: [Text<1, 100>]?
    let families: [Text<1, 100>]?
    /// The first term that it holds for, and how many; from the first on and for ever unless told.
    let firstTerm: Whole<0, 100_000>?
    let terms: Whole<1, 100_000>?
}

struct DiscountResult: Codable, Sendable {
    let lines: [DiscountedLineResult]
    let amount: Money
    let discount: Money
    let net: Money
}

struct DiscountedLineResult: Codable, Sendable {
    let id: Text<1, 100>
    let amount: Money
    /// In the order in which they are taken off.
    let discounts: [ReductionResult]
    let net: Money
}

struct ReductionResult: Codable, Sendable {
    let id: Text<1, 100>
    let amount: Money
}

extension DiscountInput {
    func result() throws -> DiscountResult {
        let charges = lines.map {
            DiscountableLine(
                kind: $0.kind ?? .recurring, amountMinor: $0.amount, term: $0.term?.value ?? 0,
                product: $0.product?.text, family: $0.family?.text)
        }
        let taken = try discounted(charges)
        let byLine = Dictionary(grouping: taken, by: \.line)
        func money(_ amounts: some Sequence<Int64>) throws -> Money {
            try amounts.reduce(Money(0, currency)) { try $0 + Money($1, currency) }
        }
        let gross = try money(lines.map(\.amount))
        let discount = try money(taken.map(\.amountMinor))
        return DiscountResult(
            lines: try lines.indices.map { place in
                let own = byLine[place] ?? []
                let amount = Money(lines[place].amount, currency)
                return DiscountedLineResult(
                    id: lines[place].id, amount: amount,
                    discounts: own.map {
                        ReductionResult(
                            id: discounts[$0.discount].id, amount: Money($0.amountMinor, currency))
                    },
                    net: try amount - money(own.map(\.amountMinor)))
            },
            amount: gross, discount: discount, net: try gross - discount)
    }

    private func discounted(_ charges: [DiscountableLine]) throws -> [Reduction] {
        var fields = FieldErrors()
        fields.limit(lines.count, to: DiscountInput.limit, "/lines")
        fields.limit(discounts.count, to: DiscountInput.limit, "/discounts")
        let terms = discounts.enumerated().compactMap { $1.discount(at: "/discounts/\($0)", &fields) }
        try fields.throwIfAny()
        return try charges.reductions(by: terms, rounding: rounding ?? .halfUp)
    }
}

extension DiscountTermsInput {
    /// Nil, with an error, when it is neither a share nor an amount, or both.
    fileprivate func discount(at pointer: String, _ fields: inout FieldErrors) -> Discount? {
        let value: Discount.Value
        switch (percentage, amount) {
        case (let percentage?, nil):
            guard percentage.units >= 0, Fraction(percentage).isAtMost(100) else {
                fields.add(pointer + "/percentage", "must be from 0 to 100")
                return nil
            }
            value = .percent(percentage)
        case (nil, let amount?):
            guard amount >= 0 else {
                fields.add(pointer + "/amount", "must not be negative")
                return nil
            }
            value = .amount(amount)
        default:
            fields.add(pointer, "must have either percentage or amount")
            return nil
        }
        var discount = Discount(value)
        if let kinds { discount.kinds = Set(kinds) }
        discount.products = products.map { Set($0.map(\.text)) }
        discount.families = families.map { Set($0.map(\.text)) }
        let first = firstTerm?.value ?? 0
        discount.terms = first..<(terms.map { first + $0.value } ?? .max)
        return discount
    }
}
