import Kernel

/// Writes compact JSON straight into bytes. An explanation is made for every line of a billing run, and
/// `JSONEncoder` takes longer for one than the run has for the whole line.
struct JSONBytes {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private var count = 0
    private var needsComma = false

    private init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    /// The object whose members `write` adds. More than `capacity` bytes end the program.
    static func object(capacity: Int, _ write: (inout JSONBytes) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var json = JSONBytes(buffer)
            json.braces(write)
            return String(decoding: UnsafeBufferPointer(rebasing: buffer[..<json.count]), as: UTF8.self)
        }
    }

    /// The same for an array of objects, each of which `element` writes by its place.
    static func array(
        capacity: Int, count: Int, _ element: (inout JSONBytes, Int) -> Void
    ) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var json = JSONBytes(buffer)
            json.brackets(count: count, element)
            return String(decoding: UnsafeBufferPointer(rebasing: buffer[..<json.count]), as: UTF8.self)
        }
    }

    mutating func object(_ key: StaticString, _ members: (inout JSONBytes) -> Void) {
        self.key(key)
        braces(members)
    }

    /// Objects in a row, each of which `element` writes by its place.
    mutating func array(_ key: StaticString, count: Int, _ element: (inout JSONBytes, Int) -> Void) {
        self.key(key)
        brackets(count: count, element)
    }

    private mutating func brackets(count: Int, _ element: (inout JSONBytes, Int) -> Void) {
        append(UInt8(ascii: "["))
        for place in 0..<count {
            if place > 0 { append(UInt8(ascii: ",")) }
            braces { element(&$0, place) }
        }
        append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// An object under a key that is not known in advance.
    mutating func object(named key: String, _ members: (inout JSONBytes) -> Void) {
        if needsComma { append(UInt8(ascii: ",")) }
        append(UInt8(ascii: "\""))
        escaped(key)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
        braces(members)
    }

    mutating func string(_ key: StaticString, _ value: String) {
        string(key) { $0.escaped(value) }
    }

    /// A string that `content` writes; what it writes must need no escaping or be escaped by it.
    @inline(__always)
    mutating func string(_ key: StaticString, _ content: (inout JSONBytes) -> Void) {
        self.key(key)
        append(UInt8(ascii: "\""))
        content(&self)
        append(UInt8(ascii: "\""))
    }

    /// `true`. What does not hold is left out.
    mutating func holds(_ key: StaticString) {
        self.key(key)
        plain("true")
    }

    mutating func integer(_ key: StaticString, _ value: Int64) {
        self.key(key)
        if value < 0 { append(UInt8(ascii: "-")) }
        digits(value.magnitude)
    }

    mutating func money(_ key: StaticString, _ amountMinor: Int64, _ currency: Currency) {
        object(key) {
            $0.integer("amount", amountMinor)
            $0.string("currency", currency.code)
        }
    }

    mutating func day(_ key: StaticString, _ day: Day) {
        let (year, month, dayOfMonth) = day.civil
        string(key) {
            $0.digits(UInt64(year), width: 4)
            $0.append(UInt8(ascii: "-"))
            $0.digits(UInt64(month), width: 2)
            $0.append(UInt8(ascii: "-"))
            $0.digits(UInt64(dayOfMonth), width: 2)
        }
    }

    @inline(__always)
    private mutating func braces(_ members: (inout JSONBytes) -> Void) {
        append(UInt8(ascii: "{"))
        needsComma = false
        members(&self)
        append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func key(_ key: StaticString) {
        if needsComma { append(UInt8(ascii: ",")) }
        needsComma = true
        append(UInt8(ascii: "\""))
        plain(key)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    @inline(__always)
    private mutating func append(_ byte: UInt8) {
        precondition(count < buffer.count, "the writer of this JSON promised a capacity that is too small")
        buffer[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        precondition(
            bytes.count <= buffer.count - count,
            "the writer of this JSON promised a capacity that is too small")
        count = buffer[count...].update(fromContentsOf: bytes)
    }
}

extension JSONBytes {
    /// Text that needs no escaping.
    mutating func plain(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Any text, escaped as RFC 8259 demands: quotation mark, backslash and control characters. At most six
    /// bytes for each of its own.
    mutating func escaped(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Names of rules, currencies and most taxes need no escaping and are copied as they are.
            if bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                append(bytes)
            } else {
                for byte in bytes { escaped(byte) }
            }
        }
    }

    @inline(__always)
    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0..<0x20:
            plain("\\u00")
            append(48 + (byte >> 4))
            append(byte & 0xF < 10 ? 48 + (byte & 0xF) : 87 + (byte & 0xF))
        default:
            append(byte)
        }
    }

    /// `value` × 10^-`scale` in full: at least `decimals` digits behind the point, more only where they are
    /// not zero. (7_485_000, scale: 6, decimals: 2) is 7.485.
    mutating func decimal(_ value: Int128, scale: Int, decimals: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        // 64 bits divide many times faster than 128.
        if let narrow = UInt64(exactly: value.magnitude) {
            decimal(magnitude: narrow, scale: scale, decimals: decimals)
        } else {
            decimal(magnitude: value.magnitude, scale: scale, decimals: decimals)
        }
    }

    private mutating func decimal(
        magnitude: some FixedWidthInteger & UnsignedInteger, scale: Int, decimals: Int
    ) {
        var magnitude = magnitude
        var scale = scale
        while scale > decimals {
            let (tenth, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            if digit != 0 { break }
            magnitude = tenth
            scale -= 1
        }
        digits(magnitude, width: scale + 1)
        guard scale > 0 else { return }
        let point = count - scale
        append(0)
        for place in stride(from: count - 1, to: point, by: -1) { buffer[place] = buffer[place - 1] }
        buffer[point] = UInt8(ascii: ".")
    }

    /// Decimal digits, with zeros in front up to `width`.
    private mutating func digits(_ value: some FixedWidthInteger & UnsignedInteger, width: Int = 1) {
        let start = count
        var rest = value
        while rest > 0 || count - start < width {
            let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
            append(48 + UInt8(truncatingIfNeeded: digit))
            rest = tenth
        }
        buffer[start..<count].reverse()
    }
}
