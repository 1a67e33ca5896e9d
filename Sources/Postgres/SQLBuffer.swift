/// Values in PostgreSQL's binary form, one behind the other in one piece of memory.
package struct SQLBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    /// Appends the integer in network byte order.
    package mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    package mutating func append(_ raw: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: raw)
    }

    package mutating func append(utf8 text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ other: SQLBuffer) {
        bytes.append(contentsOf: other.bytes)
    }

    /// Makes room, doubling at least: one statement binds many columns, and each must not copy all before it.
    mutating func reserve(_ more: Int) {
        let needed = bytes.count + more
        if needed > bytes.capacity { bytes.reserveCapacity(Swift.max(needed, bytes.capacity * 2)) }
    }

    /// Appends the header of a one-dimensional array: dimensions, a flag for NULLs, type, length, lower
    /// bound.
    mutating func appendArrayHeader(of oid: UInt32, count: Int, hasNulls: Bool) {
        append(Int32(count == 0 ? 0 : 1))
        append(Int32(hasNulls ? 1 : 0))
        append(oid)
        if count == 0 { return }
        append(Int32(count))
        append(Int32(1))
    }

    /// Appends a value behind its length, which is known only afterwards.
    mutating func appendSized(_ value: some SQLValue) {
        let start = bytes.count
        append(Int32(0))
        value.encode(into: &self)
        let length = Int32(bytes.count - start - 4).bigEndian
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: Int32.self) }
    }
}
