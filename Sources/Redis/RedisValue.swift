package import Foundation

/// What a key holds or a script is given: bytes, which may be read as text or as an integer.
package struct RedisValue: Hashable, Sendable {
    package let data: Data

    package init(_ data: Data) {
        self.data = data
    }

    package init(_ text: String) {
        data = Data(text.utf8)
    }

    package init(_ integer: Int64) {
        data = Data(String(integer).utf8)
    }

    /// Nil when the bytes are not UTF-8.
    package var text: String? { String(data: data, encoding: .utf8) }

    /// Nil when the bytes are not an integer in decimal digits that fits.
    package var integer: Int64? { text.flatMap { Int64($0) } }
}

extension RedisValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral text: String) {
        self.init(text)
    }

    package init(integerLiteral integer: Int64) {
        self.init(integer)
    }
}

extension RedisValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the value: this may end in a log.
    package var description: String { "RedisValue(\(data.count) bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
