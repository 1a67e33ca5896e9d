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

    /// The same parts always have the same one, and without the secret nobody can tell which parts it is of,
    /// not even by trying them all. 32 hexadecimal digits.
    package func fingerprint(of parts: [String], purpose: String) -> String {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data("fingerprint \(purpose)".utf8), outputByteCount: 32)
        var code = HMAC<SHA256>(key: derived)
        for part in parts {
            // With its length before it, no part can pose as two.
            code.update(data: Data("\(part.utf8.count):\(part)".utf8))
        }
        return code.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Throws when the secret or the purpose is another one, or the bytes were changed.
    package func open(_ sealed: Data, purpose: String) throws -> Data {
        try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(purpose.utf8))
    }
}
