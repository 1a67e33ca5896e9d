import Foundation
import Kernel
import Platform
import Postgres

extension SigningKey {
    private static let purpose = "signing-key"

    /// Every key of the installation. Throws a `SigningKeyUnreadable` when one was sealed with another
    /// secret.
    static func all(in system: SystemDatabase, sealedBy secrets: SecretBox) async throws -> [SigningKey] {
        let select: SQL = "SELECT id, sealed_private_key FROM signing_keys ORDER BY id"
        let rows = try await system.all(select) { row in
            (id: try row["id"] as SigningKeyID, sealed: try row["sealed_private_key"] as SQLBytes)
        }
        var keys: [SigningKey] = []
        for row in rows {
            guard let secret = try? secrets.open(Data(row.sealed.bytes), purpose: purpose) else {
                throw SigningKeyUnreadable(id: row.id)
            }
            keys.append(try await SigningKey(id: row.id, secret: secret))
        }
        return keys
    }

    func insert(in system: SystemDatabase, sealedBy secrets: SecretBox, at now: Instant) async throws {
        let sealed = SQLBytes(try secrets.seal(secret, purpose: SigningKey.purpose))
        try await system.write { tx in
            _ = try await tx.run(
                """
                INSERT INTO signing_keys (id, sealed_private_key, recorded_at)
                VALUES (\(id), \(sealed), \(now))
                """)
        }
    }
}

/// A key in the database was sealed with another installation's secret, or with one from before a change.
struct SigningKeyUnreadable: Error, CustomStringConvertible {
    let id: SigningKeyID

    var description: String {
        "The signing key \(id) cannot be opened with this installation's secret. "
            + "Start with the secret that it was sealed with."
    }
}
