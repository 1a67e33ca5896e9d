/// The bytes of one column of one row, or of one element of an array, while its result is alive.
package struct Cell {
    /// Nil is NULL.
    let bytes: UnsafeRawBufferPointer?
    let oid: UInt32
    /// The column's name, which only an error needs as a string.
    let column: UnsafePointer<CChar>

    func error(_ reason: ColumnError.Reason, as type: Any.Type) -> ColumnError {
        ColumnError(column: String(cString: column), wanted: "\(type)", reason: reason)
    }
}

/// A column is not what the code that reads it believes. It names the column and never its content.
package struct ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// The result has no such column.
        case missing
        /// NULL where the type is not optional.
        case null
        /// The column has another type, given by its number in `pg_type`.
        case type(UInt32)
        /// The bytes are not a value of the type: too long, infinite, an unknown case of an enumeration.
        case value
    }

    package let column: String
    package let wanted: String
    package let reason: Reason

    package var description: String {
        switch reason {
        case .missing: "the result has no column \(column)"
        case .null: "column \(column) is NULL, which is not a \(wanted)"
        case .type(let oid): "column \(column) has the type \(oid) of pg_type, which is not read as \(wanted)"
        case .value: "column \(column) holds a value that is not a \(wanted)"
        }
    }
}

/// The elements of a one-dimensional array in binary form: dimensions, flags, element type, length, lower
/// bound, then (length, bytes) each. Reading stays inside the bytes whatever they say.
struct ArrayCells: Sequence, IteratorProtocol {
    let count: Int
    private let elementOID: UInt32
    private let column: UnsafePointer<CChar>
    private var rest: Slice<UnsafeRawBufferPointer>
    private var left: Int

    // bool, bytea, name, int2, int4, text, bpchar, varchar, int8, date, timestamptz, json, uuid, jsonb
    private static let arrayTypes: Set<UInt32> = [
        1000, 1001, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1182, 1185, 199, 2951, 3807,
    ]

    /// Nil for NULL; throws when the cell is no array, has more dimensions or is damaged.
    init?(_ cell: Cell, as type: Any.Type) throws {
        guard Self.arrayTypes.contains(cell.oid) else { throw cell.error(.type(cell.oid), as: type) }
        guard let bytes = cell.bytes else { return nil }
        func integer(_ offset: Int) -> Int32 {
            bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self).bigEndian
        }
        guard bytes.count >= 12 else { throw cell.error(.value, as: type) }
        column = cell.column
        elementOID = UInt32(bitPattern: integer(8))
        let dimensions = integer(0)
        if dimensions == 0 {
            (count, left, rest) = (0, 0, bytes[bytes.endIndex...])
            return
        }
        guard dimensions == 1, bytes.count >= 20 else { throw cell.error(.value, as: type) }
        let count = Int(integer(12))
        let rest = bytes[20...]
        guard count >= 0, try Self.holds(rest, count) else { throw cell.error(.value, as: type) }
        (self.count, left, self.rest) = (count, count, rest)
    }

    /// Whether `count` elements fill the bytes exactly: checked once, so that the iterator need not throw.
    private static func holds(_ bytes: Slice<UnsafeRawBufferPointer>, _ count: Int) throws -> Bool {
        var rest = bytes
        for _ in 0..<count where take(&rest) == nil { return false }
        return rest.isEmpty
    }

    /// Cuts one element off; `.some(nil)` is NULL, nil is damage.
    private static func take(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer?? {
        guard rest.count >= 4 else { return nil }
        let length = Int(UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: Int32.self).bigEndian)
        rest = rest.dropFirst(4)
        if length == -1 { return .some(nil) }
        guard length >= 0, rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(length))
    }

    mutating func next() -> Cell? {
        guard left > 0, let element = Self.take(&rest) else { return nil }
        left -= 1
        return Cell(bytes: element, oid: elementOID, column: column)
    }
}
