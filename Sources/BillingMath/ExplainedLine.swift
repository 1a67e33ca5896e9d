import Foundation
package import Kernel

/// The explanation of an invoice line, read back: from its inputs alone the line can be computed anew, and it
/// can be told in words.
///
/// What is unknown or missing is an error: half an explanation explains nothing.
package struct ExplainedLine: Hashable, Sendable {
    package enum Rule: String, Decodable, Sendable, CaseIterable {
        case recurring
        case setUp = "set_up"
        case manual
    }

    package let rule: Rule
    package let unitPrice: Money
    package let quantity: Quantity
    package let rounding: Rounding
    /// What the line bills before tax.
    package let amount: Money
    /// Nil for what a person wrote.
    package let term: ExplainedTerm?
    /// Nil where each unit costs the same.
    package let model: ExplainedPriceModel?
    /// In the order in which they were taken off.
    package let discounts: [ExplainedDiscount]
    /// What the discounts leave of the price; nil where there are none.
    package let discountedPrice: Money?
    /// Nil where a term is billed whole.
    package let part: ExplainedPart?
    package let tax: ExplainedTax
    /// By name.
    package let policies: [ExplainedPolicy]
    private let arithmetic: String

    /// What a line comes to when it is computed anew.
    package struct Amounts: Hashable, Sendable {
        package let net: Money
        package let tax: Money
    }

    /// Throws `DecodingError`.
    package init(json: String) throws {
        self = try JSONDecoder.explanations.decode(ExplainedLine.self, from: Data(json.utf8))
    }

    /// The net from the inputs alone: 4.99 × 1.5 is 7.485, half up 7.49; less discounts; of a part of a term,
    /// the part of it.
    package var recomputed: Money {
        get throws {
            let price = try model?.recomputed ?? unitPrice.times(quantity, rounding: rounding)
            let whole = try discounts.reduce(price) { try $1.taken(off: $0) }
            return try part?.share(of: whole) ?? whole
        }
    }

    /// Nets and taxes of all lines of one invoice, in their order. Tax that is rounded on a sum is shared out
    /// to the lines, so that no line has a tax without the others.
    package static func recomputed(_ lines: [ExplainedLine]) throws -> [Amounts] {
        guard let first = lines.first else { return [] }
        let nets = try lines.map { try $0.recomputed }
        let totals = try InvoiceTotals.compute(
            zip(lines, nets).map { TaxedAmount(netMinor: $1.amountMinor, tax: $0.tax.tax) },
            rounding: first.tax.rounding)
        return zip(nets, totals.lineTaxesMinor).map { net, taxMinor in
            Amounts(net: net, tax: Money(taxMinor, net.currency))
        }
    }
}

extension ExplainedLine {
    /// Plain English, one step each: what was billed, the price, discounts, the part, the tax, the policies.
    package var sentences: [String] {
        [billed] + (term?.due ?? []) + (model?.sentences ?? []) + [price]
            + reductions + (part?.sentences ?? [])
            + tax.sentences
            + policies.map(\.sentence)
    }

    private var billed: String {
        switch (rule, term) {
        case (.setUp, let term?): "Billed once: the set-up, with the term that starts on \(term.days.start)."
        case (_, let term?): term.billed(as: part)
        case (_, nil): "Written by hand: no term stands behind it."
        }
    }

    private var reductions: [String] {
        discounts.map(\.sentence)
            + (discountedPrice.map { ["Price after discounts: \($0.decimal) \($0.currency)."] } ?? [])
    }

    private var price: String {
        let what = part == nil ? "Price before tax" : "Price of the whole term before tax"
        return "\(what): \(arithmetic.inWords(rounding)) \(amount.currency)."
    }
}

extension ExplainedLine: Decodable {
    private enum CodingKeys: String, CodingKey {
        case rule, arithmetic, unitPrice, quantity, rounding, amount, priceModel, discounts, discountedPrice
        case proration, tax, policies
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        rule = try object.decode(Rule.self, forKey: .rule)
        arithmetic = try object.decode(String.self, forKey: .arithmetic)
        unitPrice = try object.decode(Money.self, forKey: .unitPrice)
        quantity = try object.decode(Quantity.self, forKey: .quantity)
        rounding = try object.decode(Rounding.self, forKey: .rounding)
        amount = try object.decode(Money.self, forKey: .amount)
        term = rule == .manual ? nil : try ExplainedTerm(from: decoder)
        model = try object.decodeIfPresent(ExplainedPriceModel.self, forKey: .priceModel)
        discounts = try object.decodeIfPresent([ExplainedDiscount].self, forKey: .discounts) ?? []
        discountedPrice = try object.decodeIfPresent(Money.self, forKey: .discountedPrice)
        part = try object.decodeIfPresent(ExplainedPart.self, forKey: .proration)
        tax = try object.decode(ExplainedTax.self, forKey: .tax)
        policies = try object.decodeIfPresent(ExplainedPolicy.Named.self, forKey: .policies)?.policies ?? []
        if part != nil, rule != .recurring {
            throw DecodingError.dataCorruptedError(
                forKey: .proration, in: object, debugDescription: "only a recurring charge has a part")
        }
        let currencies =
            [
                unitPrice.currency, model?.price.currency, tax.amount.currency, part?.wholeAmount.currency,
            ] + discounts.map(\.amount.currency)
        if currencies.contains(where: { $0 != nil && $0 != amount.currency }) {
            throw DecodingError.dataCorruptedError(
                forKey: .amount, in: object, debugDescription: "has another currency than its inputs")
        }
    }
}

extension JSONDecoder {
    static var explanations: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

extension String {
    /// An arithmetic as explanations keep it, for people: `4.99 × 1.5 = 7.485, rounded half up: 7.49`.
    func inWords(_ rounding: Rounding) -> String {
        replacing(" * ", with: " × ").replacing(", rounded ", with: ", rounded \(rounding.words): ")
    }
}

extension Rounding {
    var words: String {
        switch self {
        case .halfUp: "half up"
        case .halfEven: "half to even"
        case .down: "down"
        }
    }
}
