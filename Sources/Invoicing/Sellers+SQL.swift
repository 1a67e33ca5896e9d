import Foundation
import Kernel
import Platform
import Postgres
import Tenancy

extension Sellers {
    static func id(ofSettings version: Int, in tx: Transaction) async throws -> UUID? {
        try await tx.first("SELECT id FROM seller_snapshots WHERE settings_version = \(Int32(version))") {
            try $0["id"]
        }
    }

    /// Does nothing when another transaction made it meanwhile. Under READ COMMITTED the next statement sees
    /// it.
    static func insert(_ id: UUID, _ seller: Seller, settingsVersion: Int, in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO seller_snapshots (tenant_id, id, settings_version, content)
            VALUES (\(tx.scope.tenant), \(id), \(Int32(settingsVersion)), \(JSONText(encoding: seller)))
            ON CONFLICT (tenant_id, settings_version) DO NOTHING
            """)
    }
}
