/// Names with values that a provider hangs on an object: at most 50, each name a `Code`, each value at most
/// 500 characters. MPanel keeps and shows them and never acts on them.
package struct Labels: Hashable, Sendable, Codable {
    package static let limit = 50
    package static let rule =
        "must have at most 50 entries with names such as disk_gb and texts of at most 500 characters"

    package let values: [String: String]

    package static let none = Labels(unchecked: [:])

    private init(unchecked values: [String: String]) {
        self.values = values
    }

    /// Nil when a name, a value or the number of entries breaks the rule.
    package init?(_ values: [String: String]) {
        guard values.count <= Labels.limit,
            values.allSatisfy({ Code($0.key) != nil && ($0.value.isEmpty || Text<1, 500>($0.value) != nil) })
        else { return nil }
        self.values = values
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let labels = Labels(try container.decode([String: String].self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Labels.rule)
        }
        self = labels
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
