import Foundation
package import Kernel

extension ID: SQLValue {
    package static var oid: UInt32 { UUID.oid }
    package static var arrayOID: UInt32 { UUID.arrayOID }

    package func encode(into buffer: inout SQLBuffer) {
        uuid.encode(into: &buffer)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
        UUID.decode(bytes, oid: oid).map(Self.init)
    }
}

extension Day: SQLValue {
    package static let oid: UInt32 = 1082
    package static let arrayOID: UInt32 = 1182
    package static let usualSize = 4
    /// PostgreSQL counts days from 2000-01-01.
    private static let epoch: Int32 = 10_957

    package func encode(into buffer: inout SQLBuffer) {
        // The least numbers would mean -infinity: stop one short, which PostgreSQL refuses as out of range.
        let (days, underflow) = daysSince1970.subtractingReportingOverflow(Day.epoch)
        buffer.append(underflow || days == .min ? Int32.min + 1 : days)
    }

    /// Nil for ±infinity and for days that a `Day` cannot hold.
    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Day? {
        guard let days: Int32 = bytes.integer(), days != .min, days != .max else { return nil }
        let (since1970, overflow) = days.addingReportingOverflow(epoch)
        return overflow ? nil : Day(daysSince1970: since1970)
    }
}

extension Instant: SQLValue {
    package static let oid: UInt32 = 1184
    package static let arrayOID: UInt32 = 1185
    package static let usualSize = 8
    /// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
    private static let epoch: Int64 = 946_684_800_000_000

    package func encode(into buffer: inout SQLBuffer) {
        let (microseconds, underflow) = microseconds.subtractingReportingOverflow(Instant.epoch)
        buffer.append(underflow || microseconds == .min ? Int64.min + 1 : microseconds)
    }

    /// Nil for ±infinity and for instants beyond the year 294000.
    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Instant? {
        guard let time: Int64 = bytes.integer(), time != .min, time != .max else { return nil }
        let (microseconds, overflow) = time.addingReportingOverflow(epoch)
        return overflow ? nil : Instant(microseconds: microseconds)
    }
}

extension Currency: SQLValue {
    package static let oid = String.oid
    package static let arrayOID = String.arrayOID
    package static let usualSize = 3

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(utf8: code)
    }

    package static func accepts(_ oid: UInt32) -> Bool {
        String.accepts(oid)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Currency? {
        Currency(String(decoding: bytes, as: UTF8.self))
    }
}

extension Quantity: SQLValue {
    package static let oid = Int64.oid
    package static let arrayOID = Int64.arrayOID
    package static let usualSize = 8

    package func encode(into buffer: inout SQLBuffer) {
        buffer.append(micros)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Quantity? {
        bytes.integer().map(Quantity.init(micros:))
    }
}

/// Text that must keep its field's rule to be read.
struct CheckedText<Value: FieldText>: SQLValue {
    static var oid: UInt32 { String.oid }
    static var arrayOID: UInt32 { String.arrayOID }

    let value: Value

    func encode(into buffer: inout SQLBuffer) {
        buffer.append(utf8: value.text)
    }

    static func accepts(_ oid: UInt32) -> Bool {
        String.accepts(oid)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
        Value(String(decoding: bytes, as: UTF8.self)).map(Self.init)
    }
}

/// Text that must be a case of an enumeration to be read.
struct RawText<Value: RawRepresentable<String> & Sendable>: SQLValue {
    static var oid: UInt32 { String.oid }
    static var arrayOID: UInt32 { String.arrayOID }

    let value: Value

    func encode(into buffer: inout SQLBuffer) {
        buffer.append(utf8: value.rawValue)
    }

    static func accepts(_ oid: UInt32) -> Bool {
        String.accepts(oid)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
        Value(rawValue: String(decoding: bytes, as: UTF8.self)).map(Self.init)
    }
}
