import Foundation
package import Kernel

/// The explanation of a credit note's line, read back: which days of a billed term are given back, and what
/// they are worth.
package struct ExplainedCredit: Hashable, Sendable, Decodable {
    package enum Rule: String, Decodable, Sendable {
        case unusedTime = "unused_time"
    }

    package let rule: Rule
    /// What is given back before tax, not negative.
    package let amount: Money
    package let part: ExplainedPart
    /// By name.
    package let policies: [ExplainedPolicy]

    /// Throws `DecodingError`.
    package init(json: String) throws {
        self = try JSONDecoder.explanations.decode(ExplainedCredit.self, from: Data(json.utf8))
    }

    /// What is given back, from the inputs alone: what the days are billed at.
    package var recomputed: Money {
        get throws { try part.share(of: part.wholeAmount) }
    }

    /// Plain English, one step each.
    package var sentences: [String] {
        let billed = "\(part.wholeAmount.decimal) \(part.wholeAmount.currency)"
        return [
            "Given back: \(part.days.words), which are no longer used.",
            "The whole term is \(part.whole.words) and costs \(billed) before tax.",
        ] + part.sentences + policies.map(\.sentence)
    }

    private enum CodingKeys: String, CodingKey { case rule, amount, proration, policies }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        rule = try object.decode(Rule.self, forKey: .rule)
        amount = try object.decode(Money.self, forKey: .amount)
        part = try object.decode(ExplainedPart.self, forKey: .proration)
        policies = try object.decode(ExplainedPolicy.Named.self, forKey: .policies).policies
        if part.wholeAmount.currency != amount.currency {
            throw DecodingError.dataCorruptedError(
                forKey: .amount, in: object, debugDescription: "has another currency than its input")
        }
    }
}
