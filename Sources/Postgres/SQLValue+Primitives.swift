package import Foundation

extension Bool: SQLValue {
    package static let oid: UInt32 = 16
    package static let arrayOID: UInt32 = 1000
    package static let usualSize = 1

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(UInt8(self ? 1 : 0))
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Bool? {
        bytes.count == 1 ? bytes[0] != 0 : nil
    }
}

extension Int16: SQLValue {
    package static let oid: UInt32 = 21
    package static let arrayOID: UInt32 = 1005
    package static let usualSize = 2

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(self)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int16? {
        bytes.integer()
    }
}

extension Int32: SQLValue {
    package static let oid: UInt32 = 23
    package static let arrayOID: UInt32 = 1007
    package static let usualSize = 4

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(self)
    }

    package static func accepts(_ oid: UInt32) -> Bool {
        oid == Int32.oid || oid == Int16.oid
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int32? {
        oid == Int16.oid ? Int16.decode(bytes, oid: oid).map(Int32.init) : bytes.integer()
    }
}

extension Int64: SQLValue {
    package static let oid: UInt32 = 20
    package static let arrayOID: UInt32 = 1016
    package static let usualSize = 8

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(self)
    }

    package static func accepts(_ oid: UInt32) -> Bool {
        oid == Int64.oid || Int32.accepts(oid)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int64? {
        oid == Int64.oid ? bytes.integer() : Int32.decode(bytes, oid: oid).map(Int64.init)
    }
}

extension Int: SQLValue {
    package static let oid = Int64.oid
    package static let arrayOID = Int64.arrayOID
    package static let usualSize = 8

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(Int64(self))
    }

    package static func accepts(_ oid: UInt32) -> Bool {
        Int64.accepts(oid)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int? {
        Int64.decode(bytes, oid: oid).map(Int.init)
    }
}

extension String: SQLValue {
    package static let oid: UInt32 = 25
    package static let arrayOID: UInt32 = 1009

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(utf8: self)
    }

    /// text, varchar, char(n), name, and the text of a bare literal.
    package static func accepts(_ oid: UInt32) -> Bool {
        switch oid {
        case 25, 1043, 1042, 19, 705: true
        default: false
        }
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> String? {
        String(decoding: bytes, as: UTF8.self)
    }
}

extension UUID: SQLValue {
    package static let oid: UInt32 = 2950
    package static let arrayOID: UInt32 = 2951

    package func encode(into buffer: inout SQLBuffer) {
        withUnsafeBytes(of: uuid) { buffer.append($0) }
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> UUID? {
        bytes.count == 16 ? UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)) : nil
    }
}

/// Bytes for a `bytea` column.
package struct SQLBytes: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }
}

extension SQLBytes: SQLValue {
    package static let oid: UInt32 = 17
    package static let arrayOID: UInt32 = 1001

    package func encode(into buffer: inout SQLBuffer) {
        bytes.withUnsafeBytes { buffer.append($0) }
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> SQLBytes? {
        SQLBytes(bytes)
    }
}

/// The text of a JSON document. It binds as `json` (PostgreSQL casts it where a column is `jsonb`) and reads
/// both.
package struct JSONText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension JSONText: SQLValue {
    package static let oid: UInt32 = 114
    package static let arrayOID: UInt32 = 199
    private static let jsonb: UInt32 = 3802

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(utf8: text)
    }

    package static func accepts(_ oid: UInt32) -> Bool {
        oid == JSONText.oid || oid == jsonb
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> JSONText? {
        guard oid == jsonb else { return JSONText(String(decoding: bytes, as: UTF8.self)) }
        // jsonb travels as its text behind one byte of version.
        guard bytes.first == 1 else { return nil }
        return JSONText(String(decoding: bytes.dropFirst(), as: UTF8.self))
    }
}

extension UnsafeRawBufferPointer {
    /// The integer in network byte order; nil unless the bytes are exactly as many.
    func integer<Value: FixedWidthInteger>() -> Value? {
        count == MemoryLayout<Value>.size ? loadUnaligned(as: Value.self).bigEndian : nil
    }
}
