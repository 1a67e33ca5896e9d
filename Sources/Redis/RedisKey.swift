/// The name of a key or of a channel, built from parts so that no part can pose as another key.
///
/// Everything of MPanel's begins with `mpanel:`, so that a server may be shared with others.
package struct RedisKey: Hashable, Sendable {
    /// Bytes and not a String: Swift takes two spellings of "é" for equal, Redis does not.
    let bytes: [UInt8]

    /// `RedisKey("sessions", id)` is `mpanel:sessions:<id>`. What has a meaning in keys is percent-encoded.
    package init(_ first: String, _ rest: String...) {
        var bytes = Array("mpanel".utf8)
        for part in [first] + rest {
            bytes.append(UInt8(ascii: ":"))
            for byte in part.utf8 { RedisKey.append(byte, to: &bytes) }
        }
        self.bytes = bytes
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        // Our separator and escape, a cluster's hash tag, and what would tear a line of a log or a protocol.
        case UInt8(ascii: ":"), UInt8(ascii: "%"), UInt8(ascii: "{"), UInt8(ascii: "}"), 0..<0x20, 0x7F:
            let digits = Array("0123456789ABCDEF".utf8)
            bytes.append(UInt8(ascii: "%"))
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 0xF)])
        default:
            bytes.append(byte)
        }
    }

    /// The key as the server knows it.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension RedisKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the key: it may hold an e-mail address or a session's id, and this may end in a log.
    package var description: String { "RedisKey" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
