import Foundation
import Kernel
import Platform
import Postgres

extension SigningKey {
    private static let purpose = "signing-key"
    /// Of the advisory lock under which keys are made: any number that nothing else takes.
    private static let lock: Int64 = 0x6d70_6b65_7973

    /// Every key of the installation. Throws a `SigningKeyUnreadable` when one was sealed with another
    /// secret.
    static func all(in system: SystemDatabase, sealedBy secrets: SecretBox) async throws -> [SigningKey] {
        let select: SQL = "SELECT id, sealed_private_key, signs_from FROM signing_keys ORDER BY id"
        let rows = try await system.all(select) { row in
            (
                id: try row["id"] as SigningKeyID, sealed: try row["sealed_private_key"] as SQLBytes,
                signsFrom: try row["signs_from"] as Instant
            )
        }
        var keys: [SigningKey] = []
        for row in rows {
            guard let secret = try? secrets.open(Data(row.sealed.bytes), purpose: purpose) else {
                throw SigningKeyUnreadable(id: row.id)
            }
            keys.append(try await SigningKey(id: row.id, secret: secret, signsFrom: row.signsFrom))
        }
        return keys
    }

    /// Adds the key unless there is one that signs from later than `limit`: of two processes that make one at
    /// once, one does.
    func insert(
        unlessAfter limit: Instant, in system: SystemDatabase, sealedBy secrets: SecretBox, at now: Instant
    ) async throws {
        let sealed = SQLBytes(try secrets.seal(secret, purpose: SigningKey.purpose))
        try await system.write { tx in
            // In a statement of its own: the next one then sees what the other process did.
            try await tx.run("SELECT pg_advisory_xact_lock(\(SigningKey.lock))")
            try await tx.run(
                """
                INSERT INTO signing_keys (id, sealed_private_key, signs_from, recorded_at)
                SELECT \(id), \(sealed), \(signsFrom), \(now)
                WHERE NOT EXISTS (SELECT FROM signing_keys WHERE signs_from > \(limit))
                """)
        }
    }

    static func delete(_ keys: [SigningKeyID], in system: SystemDatabase) async throws {
        try await system.write { tx in
            _ = try await tx.run("DELETE FROM signing_keys WHERE id = ANY(\(keys.map(\.uuid)))")
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
