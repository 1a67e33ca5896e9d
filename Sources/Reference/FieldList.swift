import Kernel
import Web

/// The fields of an object and of the objects inside it, each with its type and its rule.
struct FieldList {
    struct Row {
        /// `prices[].amount.currency`.
        let name: String
        let field: JSONSchema.Field
    }

    let rows: [Row]
    private let title: String

    /// What a request takes under a heading, or nothing when there are no fields.
    init(_ title: String, _ schema: JSONSchema) {
        self.title = title
        rows = FieldList.rows(of: schema, behind: "")
    }

    var html: HTML {
        rows.isEmpty ? .nothing : .pieces([.element("h3", [:], .text(title)), list])
    }

    var list: HTML {
        .element("ul", ["class": "fields"], rows.map { item($0) })
    }

    private func item(_ row: Row) -> HTML {
        let schema = row.field.schema
        var marks: [HTML] = [.element("span", ["class": "type"], .text(schema.typeName))]
        if row.field.isRequired { marks.append(.element("span", ["class": "required"], "required")) }
        if schema.isNullable { marks.append(.element("span", ["class": "nullable"], "or null")) }
        let parts: [HTML] = [.code(row.name)] + marks.flatMap { [" ", $0] }
        let rule = schema.rule.map { HTML.element("p", [:], .text($0)) } ?? .nothing
        return .element("li", [:], parts + [rule])
    }

    private static func rows(of schema: JSONSchema, behind prefix: String) -> [Row] {
        switch schema.shape {
        case .object(let fields):
            fields.flatMap { field in
                let name = prefix.isEmpty ? field.name : "\(prefix).\(field.name)"
                return [Row(name: name, field: field)] + rows(of: field.schema, behind: name)
            }
        case .array(let item): rows(of: item, behind: "\(prefix)[]")
        case .dictionary, .anyObject, .string, .choice, .integer, .number, .boolean: []
        }
    }
}

extension JSONSchema {
    /// The type as people say it.
    var typeName: String {
        switch shape {
        case .object, .anyObject: "object"
        case .dictionary(let item): "object of \(item.typeName)s by name"
        case .array(let item): "array of \(item.typeName)s"
        case .string: format ?? "string"
        case .choice: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        }
    }

    /// What must hold, as a sentence; nil where the type says it all.
    var rule: String? {
        switch shape {
        case .choice(let choices): "One of \(choices.joined(separator: ", "))."
        case .array(let item):
            about.map(JSONSchema.sentence) ?? (item.fields.isEmpty ? item.rule : nil)
        case .integer(let range) where about == nil && range != .min ... .max:
            range.upperBound == .max
                ? "At least \(range.lowerBound)." : "From \(range.lowerBound) to \(range.upperBound)."
        default: about.map(JSONSchema.sentence)
        }
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
            + (text.hasSuffix(".") || text.hasSuffix("…") ? "" : ".")
    }
}
