/// The trace that something belongs to, across all programs that take part: W3C Trace Context's `trace-id`,
/// 32 hexadecimal digits in small letters, not all zero.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Nil for anything else.
    package init?(_ text: String) {
        guard TraceID.isID(text.utf8[...], length: 32) else { return nil }
        description = text
    }

    /// Of the header `traceparent`: nil for one that its recommendation calls invalid. Later versions of it
    /// may say more behind what we know.
    package init?(traceparent header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, TraceID.isHexadecimal(parts[0], length: 2), header.utf8.count <= 512,
            TraceID.isID(parts[1], length: 32), TraceID.isID(parts[2], length: 16),
            TraceID.isHexadecimal(parts[3], length: 2)
        else { return nil }
        let version = String(decoding: parts[0], as: UTF8.self)
        guard version != "ff", version != "00" || parts.count == 4 else { return nil }
        description = String(decoding: parts[1], as: UTF8.self)
    }

    /// A new one, for what nobody traced before it came to us.
    package static func new() -> TraceID {
        let (high, low) = (UInt64.random(in: 1 ... .max), UInt64.random(in: .min ... .max))
        return TraceID(trusted: digits(of: high) + digits(of: low))
    }

    private init(trusted text: String) {
        description = text
    }

    private static func digits(of number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isID(_ bytes: Substring.UTF8View, length: Int) -> Bool {
        isHexadecimal(bytes, length: length) && bytes.contains { $0 != UInt8(ascii: "0") }
    }

    private static func isHexadecimal(_ bytes: Substring.UTF8View, length: Int) -> Bool {
        bytes.count == length && bytes.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
