/// The decoder that the recorder hands to a type: it notes what is asked for.
final class Recording: Decoder {
    let depth: Int
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    fileprivate struct Noted {
        var schema: JSONSchema?
        var isRequired = true
        var isNullable = false
    }

    fileprivate var names: [String] = []
    fileprivate var fields: [String: Noted] = [:]
    fileprivate var isNullable = false
    /// Set for everything but an object.
    fileprivate var plain: JSONSchema?

    init(depth: Int) {
        self.depth = depth
    }

    /// What was noted. A type that asked for nothing, such as an empty struct, is an object without fields.
    func schema<T>(of type: T.Type) throws -> JSONSchema {
        var schema: JSONSchema
        if let plain {
            schema = plain
        } else {
            let noted = try names.map { name in
                guard let field = fields[name], var schema = field.schema else {
                    throw SchemaError("\(T.self) does not say the type of \(name)")
                }
                schema.isNullable = schema.isNullable || field.isNullable
                return JSONSchema.Field(name: name, schema: schema, isRequired: field.isRequired)
            }
            schema = JSONSchema(.object(noted))
            schema.name = TypeName.short(T.self)
        }
        schema.isNullable = schema.isNullable || isNullable
        return schema
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(KeyedRecording<Key>(recording: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        ElementRecording(recording: self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        ValueRecording(recording: self)
    }

    fileprivate func note(_ key: some CodingKey, _ change: (inout Noted) -> Void) {
        let name = WireFormat.snakeCase(key.stringValue)
        if fields[name] == nil { names.append(name) }
        change(&fields[name, default: Noted()])
    }
}

private struct KeyedRecording<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recording: Recording
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool {
        recording.note(key) { $0.isRequired = false }
        return true
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        recording.note(key) { $0.isNullable = true }
        return false
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (schema, sample) = try SchemaRecorder.record(type, depth: recording.depth + 1)
        recording.note(key) { $0.schema = schema.spoken(of: WireFormat.snakeCase(key.stringValue)) }
        return sample
    }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        recording.note(key) { $0.isRequired = false }
        return try decode(type, forKey: key)
    }

    // The standard library's versions ask `contains` and `decodeNil`, which would make every optional
    // nullable, and there is one for each primitive that a generic one does not replace.
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try optional(type, key)
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try optional(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try optional(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaError("nested containers have no schema") }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError("nested containers have no schema")
    }

    func superDecoder() throws -> any Decoder { throw SchemaError("classes have no schema") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaError("classes have no schema") }
}

/// An array with one element.
private struct ElementRecording: UnkeyedDecodingContainer {
    let recording: Recording
    let codingPath: [any CodingKey] = []
    let count: Int? = 1
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    init(recording: Recording) {
        self.recording = recording
    }

    func decodeNil() throws -> Bool { throw SchemaError("arrays with gaps have no schema") }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, sample) = try SchemaRecorder.record(type, depth: recording.depth + 1)
        recording.plain = JSONSchema(.array(of: schema))
        currentIndex += 1
        return sample
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaError("nested containers have no schema") }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError("nested containers have no schema")
    }

    func superDecoder() throws -> any Decoder { throw SchemaError("classes have no schema") }
}

private struct ValueRecording: SingleValueDecodingContainer {
    let recording: Recording
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool {
        recording.isNullable = true
        return false
    }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let (schema, sample) = ValueRecording.primitive(type) {
            recording.plain = schema
            return sample
        }
        let (schema, sample) = try SchemaRecorder.record(type, depth: recording.depth + 1)
        recording.plain = schema
        return sample
    }

    private static func primitive<T>(_ type: T.Type) -> (JSONSchema, T)? {
        func integer<I: FixedWidthInteger>(_ type: I.Type) -> (JSONSchema, T)? {
            (I(1) as? T).map { (JSONSchema(.integer(Int64(clamping: I.min)...Int64(clamping: I.max))), $0) }
        }
        switch type {
        case is String.Type: return ("sample" as? T).map { (JSONSchema(.string), $0) }
        case is Bool.Type: return (true as? T).map { (JSONSchema(.boolean), $0) }
        case is Double.Type: return (Double(1) as? T).map { (JSONSchema(.number), $0) }
        case is Float.Type: return (Float(1) as? T).map { (JSONSchema(.number), $0) }
        default: return (type as? any FixedWidthInteger.Type).flatMap { integer($0) }
        }
    }
}
