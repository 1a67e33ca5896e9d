package import BillingMath
package import Kernel

/// Which rate applies to a customer, and why: the reason goes into the explanation of each line.
package struct TaxDecision: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        case exempt
        /// The provider has no rate for the customer's country.
        case noRate
        case rate(name: Text<1, 60>)
    }

    package let rate: TaxRate
    package let reason: Reason

    /// An exempt customer pays no tax, whatever the country; where there is no rate, nobody does.
    package init(country: CountryCode, isExempt: Bool, rates: [CountryCode: TaxRateEntry]) {
        if isExempt {
            self.init(rate: .zero, reason: .exempt)
        } else if let entry = rates[country] {
            self.init(rate: entry.rate, reason: .rate(name: entry.name))
        } else {
            self.init(rate: .zero, reason: .noRate)
        }
    }

    private init(rate: TaxRate, reason: Reason) {
        self.rate = rate
        self.reason = reason
    }

    /// The name of the rate, or why there is none.
    package var reasonText: String {
        switch reason {
        case .exempt: "exempt"
        case .noRate: "no rate for country"
        case .rate(let name): name.text
        }
    }
}

extension CustomerTax {
    /// What a decision means for the lines of a document, with the reason that their explanations give.
    package init(_ decision: TaxDecision, in country: CountryCode, rounding: TaxRounding) {
        let reason: Reason =
            switch decision.reason {
            case .exempt: .exempt
            case .noRate: .noRate(country)
            case .rate(let name): .countryRate(country, name: name.text)
            }
        self.init(rate: decision.rate, rounding: rounding, reason: reason)
    }
}
