package import Postgres

extension Broadcast {
    /// Tells every process, when this transaction is committed.
    package static func send(_ news: String, in tx: Transaction) async throws {
        try await tx.run("SELECT pg_notify(\(news), '')")
    }
}
