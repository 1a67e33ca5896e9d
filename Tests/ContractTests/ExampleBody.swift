import Kernel
import Web

extension JSONSchema {
    /// Every place in a full sample, with its schema and whether its object needs it.
    func places(at pointer: String = "") -> [Place] {
        switch shape {
        case .object(let fields):
            fields.flatMap { field in
                let place = "\(pointer)/\(field.name)"
                return [Place(pointer: place, schema: field.schema, isRequired: field.isRequired)]
                    + field.schema.places(at: place)
            }
        case .array(let item):
            [Place(pointer: "\(pointer)/0", schema: item, isRequired: false)]
                + item.places(at: "\(pointer)/0")
        default: []
        }
    }

    struct Place: Sendable {
        let pointer: String
        let schema: JSONSchema
        let isRequired: Bool

        /// Whether a value of this shape is what stands here.
        func takes(_ value: JSONValue) -> Bool {
            switch (schema.shape, value) {
            case (_, .null): schema.isNullable
            case (.object, .object), (.dictionary, .object), (.anyObject, .object), (.array, .array),
                (.string, .string), (.choice, .string), (.integer, .integer), (.number, .integer),
                (.number, .number), (.boolean, .bool):
                true
            default: false
            }
        }
    }
}

extension JSONValue {
    /// The same with `value` in the place of what the pointer names; nil takes it out.
    func replacing(_ pointer: Substring, by value: JSONValue?) -> JSONValue {
        guard let slash = pointer.firstIndex(of: "/") else { return value ?? .null }
        let rest = pointer[pointer.index(after: slash)...]
        let name = String(rest.prefix { $0 != "/" })
        let deeper = rest.dropFirst(name.count)
        switch self {
        case .object(var fields):
            fields[name] = deeper.isEmpty ? value : (fields[name] ?? .null).replacing(deeper, by: value)
            return .object(fields)
        case .array(var items):
            guard let index = Int(name), items.indices.contains(index) else { return self }
            if !deeper.isEmpty {
                items[index] = items[index].replacing(deeper, by: value)
            } else if let value {
                items[index] = value
            } else {
                items.remove(at: index)
            }
            return .array(items)
        default: return self
        }
    }
}
