package import Kernel

/// The tax of an explained line: at which rate, why at that, and where it was rounded.
package struct ExplainedTax: Hashable, Sendable {
    package let tax: CustomerTax
    /// Of the line.
    package let amount: Money
    private let exact: String
    /// Of the line, or of the whole invoice where the tax is rounded there.
    private let arithmetic: String

    var sentences: [String] {
        let rate = "Tax: \(tax.rate.percent) %, \(tax.reason.words)."
        let result = "\(arithmetic.inWords(.halfUp)) \(amount.currency)"
        let share = "\(amount.decimal) \(amount.currency)"
        return switch tax.rounding {
        case .line: [rate, "Tax is rounded on each line: \(result)."]
        case .invoice:
            [
                rate, "Tax is rounded once, on the sum of the invoice's lines: \(result).",
                "Of that this line bears \(share), by largest remainder; its exact tax is \(exact).",
            ]
        }
    }
}

extension ExplainedTax: Decodable {
    private enum CodingKeys: String, CodingKey {
        case ratePercent, reason, country, name, roundedOn, rounding, exact, arithmetic, invoice, amount
    }

    private enum Reason: String, Decodable {
        case countryRate = "country_rate"
        case exempt = "customer_exempt"
        case noRate = "no_rate_for_country"
    }

    private enum Allocation: String, Decodable {
        case largestRemainder = "largest_remainder"
    }

    private struct Whole: Decodable {
        let arithmetic: String
        let allocation: Allocation
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let reason: CustomerTax.Reason =
            switch try object.decode(Reason.self, forKey: .reason) {
            case .countryRate:
                .countryRate(
                    try object.decode(CountryCode.self, forKey: .country),
                    name: try object.decode(String.self, forKey: .name))
            case .exempt: .exempt
            case .noRate: .noRate(try object.decode(CountryCode.self, forKey: .country))
            }
        tax = CustomerTax(
            rate: try object.decode(TaxRate.self, forKey: .ratePercent),
            rounding: try object.decode(TaxRounding.self, forKey: .roundedOn), reason: reason)
        // `InvoiceTotals` knows no other.
        guard try object.decode(Rounding.self, forKey: .rounding) == .halfUp else {
            throw DecodingError.dataCorruptedError(
                forKey: .rounding, in: object, debugDescription: "tax is rounded half up")
        }
        exact = try object.decode(String.self, forKey: .exact)
        amount = try object.decode(Money.self, forKey: .amount)
        arithmetic =
            switch tax.rounding {
            case .line: try object.decode(String.self, forKey: .arithmetic)
            case .invoice: try object.decode(Whole.self, forKey: .invoice).arithmetic
            }
    }
}

extension CustomerTax.Reason {
    fileprivate var words: String {
        switch self {
        case .countryRate(let country, let name): "the rate of \(country.text), called \(name)"
        case .exempt: "because the customer is exempt"
        case .noRate(let country): "because there is no rate for \(country.text)"
        }
    }
}
