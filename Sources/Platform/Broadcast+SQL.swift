import Kernel
package import Postgres

extension Broadcast {
    /// Tells every process that there is news of this transaction's tenant, when it is committed.
    package static func send(_ channel: BroadcastChannel, in tx: Transaction) async throws {
        try await tx.run("SELECT pg_notify(\(channel.name), \("\(tx.scope.tenant)"))")
    }
}
