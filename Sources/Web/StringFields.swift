import Kernel

/// Path and query parameters: text that the schema turns into JSON, so that one check and one decoder serve
/// bodies, queries and paths alike.
enum StringFields {
    /// Splits `a=1&b=x%20y`. A parameter that stands twice, or is not percent-encoded UTF-8, is an error.
    static func parse(query: String) -> (fields: [String: String], errors: [FieldError]) {
        var fields: [String: String] = [:]
        var errors: [FieldError] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1].replacing("+", with: " ") : ""
            guard let name = decode(parts[0].replacing("+", with: " ")), let value = decode(value) else {
                errors.append(FieldError("?\(parts[0].prefix(200))", "is not percent-encoded UTF-8"))
                continue
            }
            if fields.updateValue(value, forKey: name) != nil {
                errors.append(FieldError("?\(name.prefix(200))", "stands twice"))
            }
        }
        return (fields, errors)
    }

    /// The values without their percent-encoding; nil when one is not UTF-8.
    static func decoded(_ path: [String: String]) -> [String: String]? {
        var decoded: [String: String] = [:]
        for (name, value) in path {
            guard let value = decode(value) else { return nil }
            decoded[name] = value
        }
        return decoded
    }

    /// The text as the schema's types. What cannot be typed is left out and reported; names that the schema
    /// does not know stay, for the check to refuse.
    static func typed(
        _ fields: [String: String], by schema: JSONSchema
    ) -> (value: JSONValue, errors: [FieldError]) {
        var object: [String: JSONValue] = fields.mapValues { .string($0) }
        var errors: [FieldError] = []
        for field in schema.fields {
            guard let text = fields[field.name] else { continue }
            let value: JSONValue? =
                switch field.schema.shape {
                // `Int64` would take a plus sign and leading zeros too.
                case .integer: Int64(text).flatMap { "\($0)" == text ? .integer($0) : nil }
                case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
                case .boolean: ["true": true, "false": false][text]
                default: .string(text)
                }
            object[field.name] = value
            if value == nil {
                errors.append(FieldError("?\(field.name)", SchemaCheck.rule(of: field.schema)))
            }
        }
        return (.object(object), errors)
    }

    /// `/limit` is a pointer into a body; the query's own spelling is `?limit`.
    static func queryPointer(_ pointer: String) -> String {
        "?" + pointer.dropFirst()
    }

    /// Nil when an escape is cut short or the bytes are not UTF-8. NUL is refused: no text of ours may hold
    /// it.
    private static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
