package import Kernel

extension ID: HasSchema {
    package static var schema: JSONSchema {
        .text(
            "is an id of the form \(Kind.prefix)_…", example: "\(Kind.prefix)_01h455vb4pex5vsknk084sn02q",
            pattern: "^\(Kind.prefix)_[0-7][0-9a-hjkmnp-tv-z]{25}$", parse: { Self($0) != nil })
    }
}

extension Day: HasSchema {
    package static var schema: JSONSchema {
        .text(
            "must be a day of the form YYYY-MM-DD, from 1900-01-01 to 9999-12-31", example: "2026-12-31",
            format: "date", parse: { Day($0) != nil })
    }
}

extension Instant: HasSchema {
    package static var schema: JSONSchema {
        .text(
            "must be a moment in UTC of the form 2026-01-31T12:00:00Z", example: "2026-01-31T12:00:00Z",
            format: "date-time", parse: { Instant($0) != nil })
    }
}

extension Currency: HasSchema {
    package static var schema: JSONSchema {
        .text(
            "must be a currency of ISO 4217 in capital letters, such as EUR", example: "EUR",
            pattern: "^[A-Z]{3}$", parse: { Currency($0) != nil })
    }
}

extension Quantity: HasSchema {
    package static var schema: JSONSchema {
        .text(
            "must be a decimal number as text with at most six decimals, such as \"1\" or \"0.5\"",
            example: "1",
            pattern: "^-?[0-9]+(\\.[0-9]{1,6})?$", parse: { (try? Quantity(decimal: $0)) != nil })
    }
}

extension ExactDecimal: HasSchema {
    package static var schema: JSONSchema {
        var schema = JSONSchema.text(
            rule, example: "0.00042", pattern: pattern, parse: { ExactDecimal($0) != nil })
        schema.length = length
        return schema
    }
}

extension Money: HasSchema {
    package static var schema: JSONSchema {
        var schema = JSONSchema(
            .object([
                .init(
                    name: "amount",
                    schema: .integer(
                        .min ... .max, about: "In minor units of the currency: 19.99 EUR is 1999."),
                    isRequired: true),
                .init(name: "currency", schema: Currency.schema, isRequired: true),
            ]))
        schema.name = "Money"
        schema.about = "An amount in minor units of one currency."
        schema.example = ["amount": 1999, "currency": "EUR"]
        return schema
    }
}

extension Interval: HasSchema {
    package static var schema: JSONSchema {
        var unit = JSONSchema(.choice(Unit.allCases.map(\.rawValue)))
        unit.name = "IntervalUnit"
        let limits = Unit.allCases.map { "\(Interval.longest($0)) \($0.rawValue)s" }.joined(separator: ", ")
        var schema = JSONSchema(
            .object([
                .init(name: "unit", schema: unit, isRequired: true),
                .init(
                    name: "count",
                    schema: .integer(1...Int64(Interval.longest(.day)), about: "At most \(limits)."),
                    isRequired: true),
            ]))
        schema.name = "Interval"
        schema.about = "A length of time in calendar units."
        schema.example = ["unit": "month", "count": 1]
        schema.check = { value in
            guard case .object(let fields) = value, case .integer(let count) = fields["count"],
                case .string(let name) = fields["unit"], let unit = Unit(rawValue: name),
                Int(exactly: count).flatMap({ Interval($0, unit) }) == nil
            else { return nil }
            return FieldError(
                "/count", "must be between 1 and \(Interval.longest(unit)) for a \(unit.rawValue)")
        }
        return schema
    }
}

extension Whole: HasSchema {
    package static var schema: JSONSchema { .integer(Int64(min)...Int64(max)) }
}

extension Labels: HasSchema {
    package static var schema: JSONSchema {
        var schema = JSONSchema(.dictionary(of: JSONSchema(.string)))
        schema.name = "Labels"
        schema.about = "Names with values that MPanel keeps and shows and never acts on."
        schema.example = ["disk_gb": "20"]
        schema.check = { value in
            guard case .object(let fields) = value else { return nil }
            let texts = fields.compactMapValues { if case .string(let text) = $0 { text } else { nil } }
            return texts.count == fields.count && Labels(texts) == nil ? FieldError("", Labels.rule) : nil
        }
        return schema
    }
}

extension Origin: HasSchema {
    package static var schema: JSONSchema {
        var schema = JSONSchema.text(
            rule, example: "https://portal.example.com", pattern: pattern, parse: { Origin($0) != nil })
        schema.length = length
        return schema
    }
}

extension FieldText {
    /// The schema of any checked text, from its own statics. Throws when no example can be found for it.
    static func textSchema() throws(SchemaError) -> JSONSchema {
        let guesses = [
            String(repeating: "x", count: max(1, length.lowerBound)), "DE", "de", "de-DE", "name@example.com",
            "billing.example.com", "Europe/Berlin", String(repeating: "1", count: max(1, length.lowerBound)),
        ]
        guard let example = (example.map { [$0] } ?? guesses).first(where: { Self($0) != nil }) else {
            throw SchemaError("no example of \(Self.self) could be guessed: it must tell one")
        }
        var schema = JSONSchema.text(
            rule, example: example, format: format, pattern: pattern, parse: { Self($0) != nil })
        schema.length = length
        return schema
    }
}
