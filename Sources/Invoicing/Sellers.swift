import BillingMath
package import Foundation
import Kernel
import Platform
package import Postgres
package import Tenancy

/// The seller as it stood when documents were issued.
package enum Sellers {
    /// The snapshot of these settings, made when there is none yet. Two transactions that make it at once
    /// agree on one row: the second waits for the first.
    package static func snapshot(in tx: Transaction, _ calendar: TenantCalendar) async throws -> UUID {
        let settings = calendar.settings
        if let known = try await id(ofSettings: settings.version, in: tx) { return known }
        try await insert(UUID.version7(), settings.seller, settingsVersion: settings.version, in: tx)
        guard let made = try await id(ofSettings: settings.version, in: tx) else { throw Problem.notFound }
        return made
    }
}
