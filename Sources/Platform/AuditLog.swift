import Kernel
package import Postgres

/// What people read of what was done. Nobody writes here: entries come with the changes themselves.
package struct AuditLog: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    func list(
        _ filter: AuditFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<AuditEntry> {
        try await database.read(scope) { tx in try await AuditEntry.list(filter, page, in: tx) }
    }

    func read(
        _ id: AuditEntryID, _ scope: TenantScope
    ) async throws -> (entry: AuditEntry, body: AuditBody?) {
        guard let found = try await database.read(scope, { tx in try await AuditEntry.find(id, in: tx) })
        else { throw Problem.notFound }
        return found
    }
}

extension Permission {
    static let auditRead = Permission("audit", .read)
}
