import Kernel

/// A policy that an explanation names: what it said, and which level said it.
package struct ExplainedPolicy: Hashable, Sendable {
    package enum Level: String, Decodable, Sendable, CaseIterable {
        case system, tenant
        case customerGroup = "customer_group"
        case customer, subscription
    }

    package let name: String
    package let value: AppliedPolicy.Value
    package let level: Level

    /// `Invoiced 14 days before the term starts: decided for the customer group.`
    package var sentence: String {
        "\(decision): \(level.words)."
    }

    /// A policy that is not known here is told by its name.
    private var decision: String {
        switch (name, value) {
        case ("invoice_days_before_due", .whole(0)): "Invoiced on the day on which the term starts"
        case ("invoice_days_before_due", .whole(let days)):
            "Invoiced \(days) \(days == 1 ? "day" : "days") before the term starts"
        case ("payment_terms_days", .whole(0)): "Payable at once, and not before the service begins"
        case ("payment_terms_days", .whole(let days)):
            "Payable \(days) \(days == 1 ? "day" : "days") after issue, and not before the service begins"
        case ("tax_rounding", .word(TaxRounding.line.rawValue)): "Tax rounded on each line"
        case ("tax_rounding", .word(TaxRounding.rate.rawValue)): "Tax rounded once for each rate"
        case ("tax_rounding", .word(TaxRounding.invoice.rawValue)): "Tax rounded once on the invoice"
        case ("proration_unit", .word(let word)):
            "Parts of a term counted in \(Proration.Unit(rawValue: word)?.words ?? word)"
        case ("proration_rounding", .word(let word)):
            "Prices of parts rounded \(Rounding(rawValue: word)?.words ?? word)"
        case ("change_day", .word(let word)):
            "The day of a change belongs to \(Proration.ChangeDay(rawValue: word)?.words ?? word)"
        case (_, .whole(let number)): "\(name) is \(number)"
        case (_, .word(let word)): "\(name) is \(word)"
        }
    }
}

extension ExplainedPolicy.Level {
    fileprivate var words: String {
        switch self {
        case .system: "as MPanel ships it, nobody decided otherwise"
        case .tenant: "decided for the whole company"
        case .customerGroup: "decided for the customer group"
        case .customer: "decided for the customer"
        case .subscription: "decided for the subscription"
        }
    }
}

extension ExplainedPolicy {
    /// As explanations keep them: an object whose keys are names, which has no order.
    struct Named: Decodable {
        let policies: [ExplainedPolicy]

        init(from decoder: any Decoder) throws {
            let told = try decoder.singleValueContainer().decode([String: Told].self)
            policies = told.sorted { $0.key < $1.key }.map {
                ExplainedPolicy(name: $0.key, value: $0.value.value, level: $0.value.level)
            }
        }
    }

    private struct Told: Decodable {
        let value: AppliedPolicy.Value
        let level: Level

        private enum CodingKeys: String, CodingKey { case value, level }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            level = try object.decode(Level.self, forKey: .level)
            if let number = try? object.decode(Int64.self, forKey: .value) {
                value = .whole(number)
            } else {
                value = .word(try object.decode(String.self, forKey: .value))
            }
        }
    }
}
