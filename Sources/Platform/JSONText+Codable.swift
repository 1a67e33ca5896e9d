import Crypto
import Foundation
package import Kernel
package import Postgres

extension JSONText {
    /// A value as JSON with sorted keys, so that equal values are equal texts.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// What a preview hands out of all that it shows, so that it is only carried out if it still comes to
    /// that.
    package var commitment: Text<64, 64> {
        get throws {
            let digest = SHA256.hash(data: Data(text.utf8)).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }
            guard let commitment = Text<64, 64>(digest.joined()) else { throw Problem.notFound }
            return commitment
        }
    }
}
