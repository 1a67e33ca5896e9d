import Foundation
import Kernel
import Web

/// Examples as JSON for people: fields in the order of their declaration, which an encoder does not know.
enum ExampleText {
    static func json(_ value: JSONValue, _ schema: JSONSchema, indent: String = "") -> String {
        let inner = indent + "  "
        switch (value, schema.shape) {
        case (.object(let members), .object(let fields)) where !members.isEmpty:
            let lines = fields.compactMap { field in
                members[field.name].map {
                    "\(inner)\(plain(.string(field.name))): \(json($0, field.schema, indent: inner))"
                }
            }
            // An object of two or three plain values, such as money, is read faster in one line.
            let line = "{" + lines.map { $0.dropFirst(inner.count) }.joined(separator: ", ") + "}"
            if lines.count <= 3, line.count <= 60, !line.contains("\n") { return line }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        case (.array(let items), .array(let item)) where !items.isEmpty:
            let texts = items.map { json($0, item, indent: inner) }
            let line = "[" + texts.joined(separator: ", ") + "]"
            if line.count <= 60, !line.contains("\n") { return line }
            return "[\n" + texts.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)]"
        case (.object(let members), .dictionary(let item)):
            let texts = members.sorted { $0.key < $1.key }
                .map { "\(plain(.string($0.key))): \(json($0.value, item, indent: inner))" }
            return "{" + texts.joined(separator: ", ") + "}"
        default: return plain(value)
        }
    }

    /// A value in one line. Every `JSONValue` of an example can be written: none holds a number that is none.
    private static func plain(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
