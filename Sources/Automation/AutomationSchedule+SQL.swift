import Kernel
import Postgres

/// When the scheduler is to look at a tenant: all that may be known of it without the tenant.
struct ScheduledTenant: Sendable {
    let tenant: TenantID
    let dueAt: Instant

    /// Those whose time has come, behind `last`. A bounded number: one look costs the same for every
    /// installation.
    static func due(
        after last: ScheduledTenant?, at now: Instant, limit: Int, in system: SystemDatabase
    ) async throws -> [ScheduledTenant] {
        let behind: SQL =
            last.map { "(next_due_at, tenant_id) > (\($0.dueAt), \($0.tenant))" } ?? "TRUE"
        return try await system.all(
            """
            SELECT tenant_id, next_due_at FROM automation_schedules
            WHERE next_due_at <= \(now) AND \(behind)
            ORDER BY next_due_at, tenant_id
            LIMIT \(limit)
            """
        ) { ScheduledTenant(tenant: try $0["tenant_id"], dueAt: try $0["next_due_at"]) }
    }
}

/// What decides about a tenant's next run, beside its settings.
struct AutomationSchedule: Sendable {
    let foundedAt: Instant
    let isSandbox: Bool
    let lastDay: Day?

    private init(row: Row) throws {
        foundedAt = try row["recorded_at"]
        isSandbox = try row["is_sandbox"]
        lastDay = try row["last_day"]
    }

    private static let facts: SQL = """
        SELECT t.recorded_at, t.is_sandbox, (SELECT max(day) FROM automation_runs) AS last_day
        FROM automation_schedules AS s
        JOIN tenants AS t ON t.tenant_id = s.tenant_id
        """

    static func find(in tx: Transaction) async throws -> AutomationSchedule? {
        try await tx.first(facts, AutomationSchedule.init(row:))
    }

    /// Nil when its time has not come, or another scheduler was quicker.
    static func claim(at now: Instant, in tx: Transaction) async throws -> AutomationSchedule? {
        try await tx.first(
            """
            \(facts)
            WHERE s.next_due_at <= \(now)
            FOR UPDATE OF s
            """, AutomationSchedule.init(row:))
    }

    /// Nil: not until something changes.
    static func look(at next: Instant?, in tx: Transaction) async throws {
        try await tx.run("UPDATE automation_schedules SET next_due_at = \(next)")
    }
}
