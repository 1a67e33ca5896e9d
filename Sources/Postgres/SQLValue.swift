/// One value that PostgreSQL knows in binary form. Arrays and optionals of it follow by themselves.
package protocol SQLValue: SQLElement {
    /// Whether a column of this type can be read as `Self` without loss.
    static func accepts(_ oid: UInt32) -> Bool

    /// Reads the binary form; nil when the bytes are not such a value or it is out of range. Never reads past
    /// them.
    static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self?

    /// About how many bytes one value takes, to reserve memory for arrays.
    static var usualSize: Int { get }
}

/// What may stand in an array: a value, or an optional one.
package protocol SQLElement: SQLColumn {
    /// The type of a one-dimensional array of it, as in `pg_type`.
    static var arrayOID: UInt32 { get }

    /// A requirement, not only an extension, so that each type gets a loop compiled for itself: bulk writes
    /// bind columns of thousands of elements.
    static func encodeArray(_ elements: [Self], into buffer: inout SQLBuffer)
}

/// What a placeholder can be bound to and a column read as: a value, an optional, an array.
package protocol SQLColumn: Sendable {
    /// The type's number in `pg_type`, which is fixed for built-in types.
    static var oid: UInt32 { get }
    var isNull: Bool { get }

    /// Appends the binary form; not called for NULL.
    func encode(into buffer: inout SQLBuffer)

    /// Throws a `ColumnError` when the cell is NULL and `Self` is not optional, or of another type.
    static func read(_ cell: Cell) throws -> Self
}

extension SQLValue {
    package var isNull: Bool { false }
    package static var usualSize: Int { 16 }

    package static func accepts(_ oid: UInt32) -> Bool { oid == Self.oid }

    package static func read(_ cell: Cell) throws -> Self {
        guard accepts(cell.oid) else { throw cell.error(.type(cell.oid), as: Self.self) }
        guard let bytes = cell.bytes else { throw cell.error(.null, as: Self.self) }
        guard let value = decode(bytes, oid: cell.oid) else { throw cell.error(.value, as: Self.self) }
        return value
    }

    package static func encodeArray(_ elements: [Self], into buffer: inout SQLBuffer) {
        buffer.reserve(20 + elements.count * (4 + usualSize))
        buffer.appendArrayHeader(of: oid, count: elements.count, hasNulls: false)
        for element in elements { buffer.appendSized(element) }
    }

    /// As `encodeArray`, for `[Self?]`.
    static func encodeOptionals(_ elements: [Self?], into buffer: inout SQLBuffer) {
        buffer.reserve(20 + elements.count * (4 + usualSize))
        buffer.appendArrayHeader(of: oid, count: elements.count, hasNulls: true)
        for element in elements {
            if let element { buffer.appendSized(element) } else { buffer.append(Int32(-1)) }
        }
    }
}

extension Optional: SQLColumn where Wrapped: SQLColumn {
    package static var oid: UInt32 { Wrapped.oid }
    package var isNull: Bool { self == nil }

    package func encode(into buffer: inout SQLBuffer) {
        self?.encode(into: &buffer)
    }

    package static func read(_ cell: Cell) throws -> Self {
        if cell.bytes == nil { return nil }
        return try Wrapped.read(cell)
    }
}

extension Optional: SQLElement where Wrapped: SQLValue {
    package static var arrayOID: UInt32 { Wrapped.arrayOID }

    package static func encodeArray(_ elements: [Self], into buffer: inout SQLBuffer) {
        Wrapped.encodeOptionals(elements, into: &buffer)
    }
}

extension Array: SQLColumn where Element: SQLElement {
    package static var oid: UInt32 { Element.arrayOID }
    package var isNull: Bool { false }

    package func encode(into buffer: inout SQLBuffer) {
        Element.encodeArray(self, into: &buffer)
    }

    package static func read(_ cell: Cell) throws -> Self {
        guard let array = try ArrayCells(cell, as: Self.self) else { throw cell.error(.null, as: Self.self) }
        var elements: Self = []
        elements.reserveCapacity(array.count)
        for element in array { elements.append(try Element.read(element)) }
        return elements
    }
}
