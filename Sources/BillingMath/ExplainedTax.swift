package import Kernel

/// The tax of an explained line: at which rate, why at that, and where it was rounded.
package struct ExplainedTax: Hashable, Sendable {
    package let tax: LineTax
    package let rounding: TaxRounding
    /// Of the line.
    package let amount: Money
    private let exact: String
    private let steps: Steps
    private let parts: [Part]

    /// How an exact tax became whole minor units.
    fileprivate struct Steps: Hashable {
        let line: String?
        let sum: String?
        let invoice: String?
    }

    /// One of several taxes on the line.
    private struct Part: Hashable {
        let amount: Money
        let exact: String
        let steps: Steps
    }

    var sentences: [String] {
        let rate = "Tax: \(tax.rate.percent) %, \(tax.reason.words)."
        let own = steps.sentences(rounding, share: amount, exact: exact)
        let several = zip(tax.components, parts).flatMap { component, part in
            ["\(component.words): \(part.amount.decimal) \(part.amount.currency), exactly \(part.exact)."]
                + part.steps.sentences(rounding, share: part.amount, exact: part.exact)
        }
        return [rate] + own + several
    }
}

extension ExplainedTax.Steps {
    fileprivate func sentences(_ rounding: TaxRounding, share: Money, exact: String) -> [String] {
        let borne =
            "Of that this line bears \(share.decimal) \(share.currency), by largest remainder; "
            + "its exact tax is \(exact)."
        func result(_ arithmetic: String) -> String {
            "\(arithmetic.inWords(.halfUp)) \(share.currency)"
        }
        if let line { return ["Tax is rounded on each line: \(result(line))."] }
        if let sum {
            return [
                "Tax is rounded once for each rate, on the sum of the lines that bear it: \(result(sum)).",
                borne,
            ]
        }
        if let invoice {
            return ["Tax is rounded once, on the sum of the invoice's lines: \(result(invoice)).", borne]
        }
        return []
    }
}

extension ExplainedTax: Decodable {
    private enum CodingKeys: String, CodingKey {
        case ratePercent, category, reason, country, name, certificate, roundedOn, rounding, exact, components
        case amount
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let reason = try LineTax.Reason(from: decoder)
        let rounding = try object.decode(TaxRounding.self, forKey: .roundedOn)
        self.rounding = rounding
        exact = try object.decode(String.self, forKey: .exact)
        amount = try object.decode(Money.self, forKey: .amount)
        // `InvoiceTotals` knows no other.
        guard try object.decode(Rounding.self, forKey: .rounding) == .halfUp else {
            throw DecodingError.dataCorruptedError(
                forKey: .rounding, in: object, debugDescription: "tax is rounded half up")
        }
        let rate = try object.decode(TaxRate.self, forKey: .ratePercent)
        let written = try object.decodeIfPresent([WrittenComponent].self, forKey: .components) ?? []
        parts = try written.map { try $0.part(rounding) }
        steps = written.isEmpty || rounding == .line ? try Steps(rounding, from: decoder) : .none
        if !written.isEmpty {
            tax = LineTax(
                try object.decode(TaxCategory.self, forKey: .category), written.map(\.component),
                reason: reason)
        } else {
            // Lines that were written before there were categories have none; what they say tells it.
            let read = LineTax(rate: rate, reason: reason)
            let category = try object.decodeIfPresent(TaxCategory.self, forKey: .category)
            tax = LineTax(category ?? read.category, read.components, reason: reason)
        }
    }

    private struct WrittenComponent: Decodable {
        let component: TaxComponent
        private let exact: String
        private let amount: Money
        private let sum: Steps.Whole?
        private let invoice: Steps.Whole?

        private enum CodingKeys: String, CodingKey {
            case name, country, region, ratePercent, compound, exact, sum, invoice, amount
        }

        func part(_ rounding: TaxRounding) throws -> Part {
            Part(amount: amount, exact: exact, steps: try Steps(rounding, sum, invoice))
        }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            component = TaxComponent(
                name: try object.decode(String.self, forKey: .name),
                country: try object.decode(CountryCode.self, forKey: .country),
                region: try object.decodeIfPresent(String.self, forKey: .region),
                rate: try object.decode(TaxRate.self, forKey: .ratePercent),
                isCompound: try object.decodeIfPresent(Bool.self, forKey: .compound) ?? false)
            exact = try object.decode(String.self, forKey: .exact)
            amount = try object.decode(Money.self, forKey: .amount)
            sum = try object.decodeIfPresent(Steps.Whole.self, forKey: .sum)
            invoice = try object.decodeIfPresent(Steps.Whole.self, forKey: .invoice)
        }
    }
}

extension ExplainedTax.Steps {
    static let none = ExplainedTax.Steps(line: nil, sum: nil, invoice: nil)

    private enum CodingKeys: String, CodingKey {
        case arithmetic, sum, invoice
    }

    private enum Allocation: String, Decodable {
        case largestRemainder = "largest_remainder"
    }

    struct Whole: Hashable, Decodable {
        let arithmetic: String
        private let allocation: Allocation
    }

    /// Of the line itself. Throws where what the rounding needs is not told.
    init(_ rounding: TaxRounding, from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        switch rounding {
        case .line:
            self.init(line: try object.decode(String.self, forKey: .arithmetic), sum: nil, invoice: nil)
        case .rate:
            let sum = try object.decode(Whole.self, forKey: .sum)
            self.init(line: nil, sum: sum.arithmetic, invoice: nil)
        case .invoice:
            let invoice = try object.decode(Whole.self, forKey: .invoice)
            self.init(line: nil, sum: nil, invoice: invoice.arithmetic)
        }
    }

    /// Of one tax of several: where the line is rounded, it has no step of its own.
    init(_ rounding: TaxRounding, _ sum: Whole?, _ invoice: Whole?) throws {
        let told =
            switch rounding {
            case .line: true
            case .rate: sum != nil
            case .invoice: invoice != nil
            }
        guard told else {
            throw DecodingError.valueNotFound(
                Whole.self, .init(codingPath: [], debugDescription: "a tax says how it was rounded"))
        }
        self.init(line: nil, sum: sum?.arithmetic, invoice: invoice?.arithmetic)
    }
}

extension TaxComponent {
    fileprivate var words: String {
        let place = region.map { "\(country.text)-\($0)" } ?? country.text
        return "\(name) of \(place), \(rate.percent) %\(isCompound ? ", on the taxes before it too" : "")"
    }
}
