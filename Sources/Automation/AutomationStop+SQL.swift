import Foundation
import Kernel
import Postgres

extension AutomationStop {
    private init(row: Row) throws {
        level = try row["level"]
        reason = try row["reason"]
        stoppedBy = try row["stopped_by"]
        stoppedAt = try row["stopped_at"]
    }

    /// Leaves a stop of the same level that holds already as it is.
    func insert(in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO automation_stops (tenant_id, id, level, reason, stopped_by, stopped_at)
            VALUES (\(tx.scope.tenant), \(UUID.version7()), \(level), \(reason), \(stoppedBy), \(stoppedAt))
            ON CONFLICT (tenant_id, level) WHERE lifted_at IS NULL DO NOTHING
            """)
    }

    /// Those that hold, the first first.
    static func holding(in tx: Transaction) async throws -> [AutomationStop] {
        try await tx.all(
            """
            SELECT level, reason, stopped_by, stopped_at FROM automation_stops
            WHERE lifted_at IS NULL
            ORDER BY stopped_at, level
            """, AutomationStop.init(row:))
    }

    static func lift(_ level: Level, by user: UserID?, in tx: Transaction, at now: Instant) async throws {
        try await tx.run(
            """
            UPDATE automation_stops SET lifted_by = \(user), lifted_at = \(now)
            WHERE level = \(level) AND lifted_at IS NULL
            """)
    }
}
