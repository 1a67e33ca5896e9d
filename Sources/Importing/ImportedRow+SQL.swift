import Kernel
import Postgres

/// What an import remembers of a row.
enum ImportedRow {
    static func digests(of keys: [String], kind: String, in tx: Transaction) async throws -> [String: [UInt8]]
    {
        let known = try await tx.all(
            "SELECT key, digest FROM imported_rows WHERE kind = \(kind) AND key = ANY(\(keys))"
        ) { row in (try row["key"] as String, (try row["digest"] as SQLBytes).bytes) }
        return Dictionary(uniqueKeysWithValues: known)
    }

    static func insert(
        _ rows: [(key: String, digest: [UInt8])], kind: String, in tx: Transaction, at now: Instant
    ) async throws {
        guard !rows.isEmpty else { return }
        try await tx.run(
            """
            INSERT INTO imported_rows (tenant_id, kind, key, digest, recorded_at)
            SELECT \(tx.scope.tenant), \(kind), key, digest, \(now)
            FROM unnest(\(rows.map(\.key)), \(rows.map { SQLBytes($0.digest) })) AS row (key, digest)
            """)
    }
}
