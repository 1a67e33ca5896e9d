/// The schemas and answers of a document: those with a name stand once, under `components`, and are referred
/// to.
struct OpenAPIComponents {
    private(set) var schemas: [String: JSONValue] = [:]
    private(set) var answers: [String: JSONValue] = [:]
    /// Where in the document the schemas stand.
    private let place: String
    /// A name that two different schemas claim.
    private(set) var clash: String?

    init(under place: String = "components/schemas") {
        self.place = place
    }

    /// What stands where the schema is used.
    mutating func reference(to schema: JSONSchema) -> JSONValue {
        guard let name = schema.name else { return inline(schema) }
        var plain = schema
        plain.isNullable = false
        let rendered = inline(plain)
        if let other = schemas.updateValue(rendered, forKey: name), other != rendered { clash = name }
        let reference: JSONValue = ["$ref": .string("#/\(place)/\(name)")]
        return schema.isNullable ? ["anyOf": [reference, ["type": "null"]]] : reference
    }

    /// What stands where the answer is given: problems are the same at most operations. Where a name stands
    /// for another answer already, the answer itself.
    mutating func reference(toAnswer answer: JSONValue, named name: String) -> JSONValue {
        if answers[name, default: answer] != answer { return answer }
        answers[name] = answer
        return ["$ref": .string("#/components/responses/\(name)")]
    }

    /// Says of what stands in requests and in no answer that it has no other fields: they are refused. An
    /// answer may get more of them, and clients are to ignore those that they do not know.
    mutating func closeRequests(_ bodies: [JSONSchema], answers: [JSONSchema]) {
        for name in OpenAPIComponents.objects(in: bodies).subtracting(OpenAPIComponents.objects(in: answers))
        {
            guard case .object(var schema) = schemas[name] else { continue }
            schema["additionalProperties"] = false
            schemas[name] = .object(schema)
        }
    }

    /// The names of all objects with fields that stand in these.
    private static func objects(in schemas: [JSONSchema]) -> Set<String> {
        var names: Set<String> = []
        for schema in schemas {
            switch schema.shape {
            case .object(let fields):
                if let name = schema.name { names.insert(name) }
                names.formUnion(objects(in: fields.map(\.schema)))
            case .array(let item), .dictionary(let item): names.formUnion(objects(in: [item]))
            default: break
            }
        }
        return names
    }

    private mutating func inline(_ schema: JSONSchema) -> JSONValue {
        var json = shape(schema.shape)
        if schema.isNullable, case .string(let type) = json["type"] {
            json["type"] = [.string(type), "null"]
            if case .array(let choices) = json["enum"] { json["enum"] = .array(choices + [.null]) }
        }
        if let about = schema.about { json["description"] = .string(about) }
        if let format = schema.format { json["format"] = .string(format) }
        if let pattern = schema.pattern { json["pattern"] = .string(pattern) }
        if let length = schema.length {
            json["minLength"] = .integer(Int64(length.lowerBound))
            json["maxLength"] = .integer(Int64(length.upperBound))
        }
        if let example = schema.illustration ?? schema.example { json["examples"] = [example] }
        return .object(json)
    }

    private mutating func shape(_ shape: JSONSchema.Shape) -> [String: JSONValue] {
        switch shape {
        case .string: return ["type": "string"]
        case .choice(let choices): return ["type": "string", "enum": .array(choices.map { .string($0) })]
        case .boolean: return ["type": "boolean"]
        case .number: return ["type": "number"]
        case .anyObject: return ["type": "object"]
        case .array(let item): return ["type": "array", "items": reference(to: item)]
        case .dictionary(let item): return ["type": "object", "additionalProperties": reference(to: item)]
        case .integer(let range):
            // The bounds of Int64 itself say nothing that the format does not, and JavaScript cannot write
            // them.
            var json: [String: JSONValue] = ["type": "integer", "format": "int64"]
            if range.lowerBound != .min { json["minimum"] = .integer(range.lowerBound) }
            if range.upperBound != .max { json["maximum"] = .integer(range.upperBound) }
            return json
        case .object(let fields):
            var properties: [String: JSONValue] = [:]
            for field in fields { properties[field.name] = reference(to: field.schema) }
            let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
            var json: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
            if !required.isEmpty { json["required"] = .array(required) }
            return json
        }
    }
}
