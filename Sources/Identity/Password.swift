import Kernel
package import Web

/// A password in the clear, on its way to the hash: it lives as long as one request and never leaves it. It
/// cannot be encoded, and neither printing nor reflection shows it.
package struct Password: Hashable, Sendable {
    /// In bytes of UTF-8: bcrypt ignores whatever stands behind the seventy-second.
    package static let lengthBytes = 10...72
    package static let rule = "must have 10 to 72 bytes in UTF-8, without the character NUL"

    let text: String

    /// Nil when the text breaks the rule.
    package init?(_ text: String) {
        // bcrypt stops at a NUL, and would take whatever follows for right.
        guard Password.lengthBytes.contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        self.text = text
    }
}

extension Password: Codable, HasSchema {
    package static var schema: JSONSchema {
        .text(
            rule, example: "correct horse battery staple", format: "password", parse: { Password($0) != nil })
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let password = Password(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Password.rule)
        }
        self = password
    }

    /// Always throws: nothing that is written may hold a password.
    package func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(
            self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "is never encoded"))
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(password)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
