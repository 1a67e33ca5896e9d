package import Foundation
package import Kernel

/// Any JSON. Integers that fit into 64 bits are exact.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction or an exponent, or one beyond 64 bits.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// Parses a request's body. Throws the problem `malformed_json` for anything that is not one JSON value
    /// in UTF-8, for a name that stands twice in an object, and beyond 32 levels; never crashes on hostile
    /// input.
    package init(parsing bytes: Data) throws(Problem) {
        if let defect = JSONScan.defect(in: bytes) { throw .malformedJSON(defect) }
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch {
            throw .malformedJSON(JSONValue.place(of: error) ?? "The body is not JSON.")
        }
    }

    /// Foundation says where it stopped, and cites a character of the body; only the place is told.
    private static func place(of error: any Error) -> String? {
        guard case DecodingError.dataCorrupted(let context) = error,
            let cause = context.underlyingError as? NSError,
            let text = cause.userInfo["NSDebugDescription"] as? String,
            let match = text.firstMatch(of: /line (\d+), column (\d+)/)
        else { return nil }
        return "The body is not JSON: see line \(match.1), column \(match.2)."
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = decoder.value
            return
        }
        let container = try decoder.singleValueContainer()
        // In the order of how often they come: every miss costs a thrown error.
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let number = try? container.decode(Int64.self) {
            self = .integer(number)
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let fields = try? container.decode([String: JSONValue].self) {
            self = .object(fields)
        } else {
            self = .array(try container.decode([JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let items): try container.encode(items)
        case .object(let fields): try container.encode(fields)
        }
    }
}

extension JSONValue: HasSchema {
    /// As a field of another type it is an object about which nothing is promised.
    package static var schema: JSONSchema { .anyObject }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(arrayLiteral items: JSONValue...) { self = .array(items) }
    package init(dictionaryLiteral fields: (String, JSONValue)...) {
        self = .object(Dictionary(fields) { _, last in last })
    }
}

extension JSONValue {
    /// The field of an object; null where there is none.
    package subscript(_ name: String) -> JSONValue {
        if case .object(let fields) = self { fields[name] ?? .null } else { .null }
    }

    /// The element of an array; null where there is none.
    package subscript(_ place: Int) -> JSONValue {
        if case .array(let items) = self, items.indices.contains(place) { items[place] } else { .null }
    }

    package var items: [JSONValue] {
        if case .array(let items) = self { items } else { [] }
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }
}
