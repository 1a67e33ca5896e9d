package import Foundation

/// One kind of identified object; its `prefix` is what people see before the underscore.
package protocol IDKind: Sendable {
    static var prefix: String { get }
}

/// A typed UUIDv7 (RFC 9562), shown as a TypeID: `inv_01h455vb4pex5vsknk084sn02q`.
///
/// The kind is a type parameter, so an invoice's id cannot be passed where a customer's is meant.
package struct ID<Kind: IDKind>: Hashable, Sendable {
    package let uuid: UUID

    package init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// A new id; ids made later sort later, to the resolution of a microsecond.
    package static func new() -> Self {
        Self(UUID.version7())
    }
}

extension ID: LosslessStringConvertible {
    /// Parses the shown form; nil for another kind's prefix or anything that is not exactly canonical.
    package init?(_ text: String) {
        let prefix = Kind.prefix + "_"
        guard text.hasPrefix(prefix), let uuid = TypeIDSuffix.decode(text.dropFirst(prefix.count).utf8)
        else { return nil }
        self.init(uuid)
    }

    package var description: String {
        Kind.prefix + "_" + TypeIDSuffix.encode(uuid)
    }
}

extension ID: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.uuid < right.uuid
    }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is not an id of the form \(Kind.prefix)_…")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The 26 characters of Crockford's base 32 that the TypeID specification (0.3) puts behind the prefix.
enum TypeIDSuffix {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ uuid: UUID) -> String {
        var number = UInt128(uuid)
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for place in stride(from: 25, through: 0, by: -1) {
                buffer[place] = alphabet[Int(truncatingIfNeeded: number & 31)]
                number &>>= 5
            }
            return 26
        }
    }

    static func decode(_ text: some Collection<UInt8>) -> UUID? {
        guard text.count == 26 else { return nil }
        var number: UInt128 = 0
        for (place, character) in text.enumerated() {
            let value = values[Int(character)]
            // 26 × 5 = 130 bits: the first character may only carry three.
            guard value != 0xFF, place > 0 || value < 8 else { return nil }
            number = number << 5 | UInt128(value)
        }
        return UUID(number)
    }
}
