package import Kernel

/// What JSON is allowed in one place: checked against requests, and rendered into the OpenAPI document.
package struct JSONSchema: Sendable {
    package indirect enum Shape: Sendable {
        case object([Field])
        /// An object with names of the caller's choice.
        case dictionary(of: JSONSchema)
        /// An object about which nothing is promised.
        case anyObject
        case array(of: JSONSchema)
        case string
        /// A string from a closed list.
        case choice([String])
        case integer(ClosedRange<Int64>)
        case number
        case boolean
    }

    /// One member of an object.
    package struct Field: Sendable {
        package let name: String
        package let schema: JSONSchema
        package let isRequired: Bool

        package init(name: String, schema: JSONSchema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    /// A rule that the shape cannot say: nil for a good value, else where (a pointer from here) and what is
    /// wrong.
    package typealias Check = @Sendable (JSONValue) -> FieldError?

    package var shape: Shape
    /// The name under which the document lists it once and refers to it; nil for a schema written in place.
    package var name: String?
    package var isNullable = false
    package var about: String?
    package var format: String?
    package var pattern: String?
    /// Of a string, in characters.
    package var length: ClosedRange<Int>?
    /// A value that passes. A type that describes itself must give one: the schemas of types around it need
    /// it.
    package var example: JSONValue?
    /// What the documentation shows of a type that only makes sense with some of its fields.
    package var illustration: JSONValue?
    /// Must refuse whatever decoding would refuse, so that one answer lists all errors.
    package var check: Check?

    package init(_ shape: Shape) {
        self.shape = shape
    }

    /// The members of an object; none for any other shape.
    package var fields: [Field] {
        if case .object(let fields) = shape { fields } else { [] }
    }
}

extension JSONSchema {
    /// An object that is let pass whatever it holds.
    package static var anyObject: JSONSchema {
        var schema = JSONSchema(.anyObject)
        schema.example = [:]
        return schema
    }

    /// A string that `parse` turns into something; `rule` follows the field's name when it does not.
    package static func text(
        _ rule: String, example: String, format: String? = nil, pattern: String? = nil,
        parse: @escaping @Sendable (String) -> Bool
    ) -> JSONSchema {
        var schema = JSONSchema(.string)
        schema.about = rule
        schema.example = .string(example)
        schema.format = format
        schema.pattern = pattern
        schema.check = { value in
            if case .string(let text) = value, parse(text) { nil } else { FieldError("", rule) }
        }
        return schema
    }

    /// A whole number in `range`, which is documented and checked.
    package static func integer(_ range: ClosedRange<Int64>, about: String? = nil) -> JSONSchema {
        var schema = JSONSchema(.integer(range))
        schema.about = about
        schema.example = .integer(range.contains(1) ? 1 : range.lowerBound)
        return schema
    }

    /// The same, where null is allowed too.
    package var nullable: JSONSchema {
        var copy = self
        copy.isNullable = true
        return copy
    }
}

/// A type of which not every value that its fields allow makes sense, with one that does.
package protocol HasExample {
    static var example: JSONValue { get }
}

/// A type that describes its own JSON, because its Codable code cannot tell it. Its schema has an `example`.
package protocol HasSchema {
    static var schema: JSONSchema { get }
}
