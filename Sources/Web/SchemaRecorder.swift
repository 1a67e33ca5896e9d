import Kernel

/// Derives a schema from a Codable type by decoding it from nothing: the containers note which fields are
/// asked for, with which types and whether they may be absent, and give back samples.
///
/// A plain optional may be absent and is never null; `Patch` may be absent or null; what `init(from:)`
/// decodes as `T?` without asking whether it is there must be present and may be null.
struct SchemaRecorder {
    /// Throws for what it cannot describe: recursive types, enums with payloads, and types whose
    /// `init(from:)` refuses the samples. Those conform to `HasSchema`.
    static func schema<T: Decodable>(of type: T.Type) throws -> JSONSchema {
        try record(type, depth: 0).schema
    }

    static func record<T: Decodable>(_ type: T.Type, depth: Int) throws -> (schema: JSONSchema, sample: T) {
        guard depth < 16 else { throw SchemaError("\(T.self) seems to contain itself") }
        if let (schema, sample) = try described(type) { return (schema, sample) }
        if let optional = type as? any OptionalType.Type {
            let (wrapped, sample) = try optional.record(depth: depth)
            if let sample = sample as? T { return (wrapped.nullable, sample) }
        }
        if let (schema, sample) = choice(type) { return (schema, sample) }
        if let dictionary = type as? any StringKeyed.Type {
            let schema = JSONSchema(.dictionary(of: try dictionary.recordValue(depth: depth)))
            if let sample = dictionary.none as? T { return (schema, sample) }
        }
        let recording = Recording(depth: depth)
        let sample = try T(from: recording)
        var schema = try recording.schema(of: type)
        if let exemplary = type as? any HasExample.Type { schema.illustration = exemplary.example }
        return (schema, sample)
    }

    private static func described<T: Decodable>(_ type: T.Type) throws -> (JSONSchema, T)? {
        let schema: JSONSchema
        if let described = type as? any HasSchema.Type {
            schema = described.schema
        } else if let text = type as? any FieldText.Type {
            schema = try text.textSchema()
        } else {
            return nil
        }
        guard let example = schema.example else {
            throw SchemaError("the schema of \(T.self) has no example")
        }
        return (schema, try T(from: ValueDecoder(example)))
    }

    private static func choice<T>(_ type: T.Type) -> (JSONSchema, T)? {
        func open<E: CaseIterable & RawRepresentable>(_ type: E.Type) -> (JSONSchema, T)? {
            guard let values = E.allCases.map(\.rawValue) as? [String], let first = E.allCases.first as? T
            else { return nil }
            var schema = JSONSchema(.choice(values))
            schema.name = TypeName.short(E.self)
            return (schema, first)
        }
        guard let choice = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
        return open(choice)
    }
}

/// Why a type has no schema; for the programmer.
struct SchemaError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Opens `T?` when only a metatype is at hand.
private protocol OptionalType {
    static func record(depth: Int) throws -> (schema: JSONSchema, sample: Any)
}

extension Optional: OptionalType where Wrapped: Decodable {
    fileprivate static func record(depth: Int) throws -> (schema: JSONSchema, sample: Any) {
        let (schema, sample) = try SchemaRecorder.record(Wrapped.self, depth: depth)
        return (schema, Wrapped?.some(sample) as Any)
    }
}

/// Dictionaries with names of the caller's choice. Their keys are data: nothing converts their case.
protocol StringKeyed {
    static var none: Self { get }
    static func recordValue(depth: Int) throws -> JSONSchema
}

extension Dictionary: StringKeyed where Key == String, Value: Decodable {
    static var none: Self { [:] }

    static func recordValue(depth: Int) throws -> JSONSchema {
        try SchemaRecorder.record(Value.self, depth: depth + 1).schema
    }
}
