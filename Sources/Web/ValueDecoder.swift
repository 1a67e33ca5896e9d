/// Decodes Codable types from a `JSONValue` with snake_case names. Coding paths hold the names as they are on
/// the wire, so they are pointers into the request.
struct ValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    /// False inside dictionaries, whose keys are data.
    private let convertsNames: Bool

    init(_ value: JSONValue, codingPath: [any CodingKey] = [], convertsNames: Bool = true) {
        self.value = value
        self.codingPath = codingPath
        self.convertsNames = convertsNames
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let fields) = value else { throw mismatch([String: JSONValue].self) }
        return KeyedDecodingContainer(
            ValueFields<Key>(fields: fields, codingPath: codingPath, convertsNames: convertsNames))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let items) = value else { throw mismatch([JSONValue].self) }
        return ValueItems(items: items, codingPath: codingPath)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        self
    }

    fileprivate func mismatch<T>(_ type: T.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "has the wrong type"))
    }
}

extension ValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value == .null }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        switch type {
        case is String.Type:
            guard case .string(let text) = value, let text = text as? T else { throw mismatch(type) }
            return text
        case is Bool.Type:
            guard case .bool(let flag) = value, let flag = flag as? T else { throw mismatch(type) }
            return flag
        case is Double.Type: return try floatingPoint(type) { $0 }
        case is Float.Type: return try floatingPoint(type) { Float($0) }
        default: break
        }
        if let integer = type as? any FixedWidthInteger.Type { return try whole(type, integer) }
        return try T(
            from: ValueDecoder(value, codingPath: codingPath, convertsNames: !(type is any StringKeyed.Type)))
    }

    private func floatingPoint<T, F>(_ type: T.Type, _ convert: (Double) -> F) throws -> T {
        let number: Double
        switch value {
        case .number(let double): number = double
        case .integer(let integer): number = Double(integer)
        default: throw mismatch(type)
        }
        guard let number = convert(number) as? T else { throw mismatch(type) }
        return number
    }

    private func whole<T, I: FixedWidthInteger>(_ type: T.Type, _ integer: I.Type) throws -> T {
        guard case .integer(let number) = value, let number = I(exactly: number) as? T else {
            throw mismatch(type)
        }
        return number
    }
}

private struct ValueFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: JSONValue]
    let codingPath: [any CodingKey]
    let convertsNames: Bool

    /// Only dictionaries ask for these, and theirs are not converted.
    var allKeys: [Key] { fields.keys.compactMap { Key(stringValue: $0) } }

    private func name(_ key: Key) -> String {
        convertsNames ? WireFormat.snakeCase(key.stringValue) : key.stringValue
    }

    private func decoder(_ key: Key) throws -> ValueDecoder {
        let name = name(key)
        guard let value = fields[name] else {
            throw DecodingError.keyNotFound(
                WireKey(name), .init(codingPath: codingPath, debugDescription: "is missing"))
        }
        return ValueDecoder(value, codingPath: codingPath + [WireKey(name)])
    }

    func contains(_ key: Key) -> Bool { fields[name(key)] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { ValueDecoder(.object(fields), codingPath: codingPath) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ValueItems: UnkeyedDecodingContainer {
    let items: [JSONValue]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(items: [JSONValue], codingPath: [any CodingKey]) {
        self.items = items
        self.codingPath = codingPath
    }

    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    private func decoder() throws -> ValueDecoder {
        let path = codingPath + [WireKey(intValue: currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                JSONValue.self, .init(codingPath: path, debugDescription: "is missing"))
        }
        return ValueDecoder(items[currentIndex], codingPath: path)
    }

    mutating func decodeNil() throws -> Bool {
        guard try decoder().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try decoder().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try decoder().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try decoder().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try decoder()
        currentIndex += 1
        return decoder
    }
}
