import Crypto
package import Foundation

/// Seals what must not lie readable in the database, with the installation's secret key (AES-256-GCM, a
/// random nonce for each sealing). The purpose is authenticated with it, so that a sealed value cannot be
/// moved to another use.
package struct SecretBox: Sendable {
    private let key: SymmetricKey

    /// `secret` is 32 bytes; nil for any other length.
    package init?(secret: Data) {
        guard secret.count == 32 else { return nil }
        key = SymmetricKey(data: secret)
    }

    package static func newSecret() -> Data {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    }

    package func seal(_ plain: Data, purpose: String) throws -> Data {
        // A 12-byte nonce always yields the combined form.
        guard let sealed = try AES.GCM.seal(plain, using: key, authenticating: Data(purpose.utf8)).combined
        else {
            throw CryptoKitError.incorrectParameterSize
        }
        return sealed
    }

    /// Throws when the secret or the purpose is another one, or the bytes were changed.
    package func open(_ sealed: Data, purpose: String) throws -> Data {
        try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(purpose.utf8))
    }
}
