package import Kernel

extension JSONSchema {
    /// A value that this schema lets pass: with its required fields only, or with every field there is. The
    /// documentation shows it, and tests send it.
    package func sample(full: Bool) -> JSONValue {
        switch shape {
        case .object(let fields):
            // Money and its kin describe themselves, and know better what an amount looks like.
            example
                ?? .object(
                    Dictionary(
                        uniqueKeysWithValues: fields.filter { full || $0.isRequired }
                            .map { ($0.name, $0.schema.sample(full: full)) }))
        case .array(let item): .array([item.sample(full: full)])
        case .choice(let choices): .string(choices.first ?? "")
        case .dictionary, .anyObject: example ?? [:]
        case .string: example ?? "text"
        case .integer(let range): example ?? .integer(range.contains(1) ? 1 : range.lowerBound)
        case .number: example ?? 1
        case .boolean: true
        }
    }

    /// What is wrong with a value, each error with its place; empty for one that passes.
    package func errors(in value: JSONValue) -> [FieldError] {
        SchemaCheck.errors(in: value, by: self)
    }
}
