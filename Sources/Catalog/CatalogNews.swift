package import Platform
import Postgres

/// That a tenant's catalogue has changed, told to all processes: those that remember answers about it forget
/// them, whoever changed it and by whatever way.
package enum CatalogNews {
    package static let channel = BroadcastChannel("mpanel_catalog")

    static func tell(in tx: Transaction) async throws {
        try await Broadcast.send(channel, in: tx)
    }
}
