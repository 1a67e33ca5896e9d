import Kernel

/// Checks a value against a schema and finds everything that is wrong with it, not only the first.
struct SchemaCheck {
    /// More errors than this are not listed.
    static let limit = 100

    private var errors: [FieldError] = []

    static func errors(in value: JSONValue, by schema: JSONSchema) -> [FieldError] {
        var check = SchemaCheck()
        check.visit(value, schema, at: "")
        return check.errors
    }

    private mutating func add(_ pointer: String, _ message: String) {
        if errors.count < SchemaCheck.limit { errors.append(FieldError(pointer, message)) }
    }

    private mutating func visit(_ value: JSONValue, _ schema: JSONSchema, at pointer: String) {
        if value == .null {
            if !schema.isNullable { add(pointer, "must not be null") }
            return
        }
        let before = errors.count
        switch (schema.shape, value) {
        case (.object(let known), .object(let fields)): visit(fields, known, at: pointer)
        case (.dictionary(let item), .object(let fields)):
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                visit(value, item, at: JSONPointer.appending(name, to: pointer))
            }
        case (.anyObject, .object), (.boolean, .bool), (.number, .integer), (.number, .number),
            (.string, .string):
            break
        case (.array(let item), .array(let values)):
            for (index, value) in values.enumerated() where errors.count < SchemaCheck.limit {
                visit(value, item, at: "\(pointer)/\(index)")
            }
        case (.choice(let choices), .string(let text)):
            if !choices.contains(text) { add(pointer, SchemaCheck.rule(of: schema)) }
        case (.integer(let range), .integer(let number)):
            if !range.contains(number) { add(pointer, SchemaCheck.rule(of: schema)) }
        default: add(pointer, SchemaCheck.rule(of: schema))
        }
        // A rule across fields only makes sense once the fields are right one by one.
        if errors.count == before, let check = schema.check, let error = check(value) {
            add(pointer + error.pointer, error.message)
        }
    }

    private mutating func visit(
        _ fields: [String: JSONValue], _ known: [JSONSchema.Field], at pointer: String
    ) {
        for field in known {
            let pointer = JSONPointer.appending(field.name, to: pointer)
            switch fields[field.name] {
            case nil: if field.isRequired { add(pointer, "is missing") }
            case .null? where !field.isRequired && !field.schema.isNullable:
                add(pointer, "must not be null; leave it out instead")
            case let value?: visit(value, field.schema, at: pointer)
            }
        }
        let names = Set(known.map(\.name))
        for name in fields.keys.filter({ !names.contains($0) }).sorted() {
            add(JSONPointer.appending(name, to: pointer), "is not a field of this request")
        }
    }

    /// What must hold, as it follows the field's name.
    static func rule(of schema: JSONSchema) -> String {
        switch schema.shape {
        case .object, .dictionary, .anyObject: "must be an object"
        case .array: "must be an array"
        case .string: "must be a string"
        case .choice(let choices): "must be one of \(choices.joined(separator: ", "))"
        case .integer(.min ... .max): "must be a whole number of at most 64 bits"
        case .integer(let range): "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number: "must be a number"
        case .boolean: "must be true or false"
        }
    }
}
