import Kernel
import Postgres

extension AuditEntry {
    private static let columns: SQL =
        "id, actor_kind, user_id, verb, object_id, customer_id, request_id, recorded_at, digest"

    init(row: Row) throws {
        id = try row["id"]
        actorKind = try row["actor_kind"]
        user = try row["user_id"]
        verb = try row["verb"]
        objectID = try row["object_id"]
        customer = try row["customer_id"]
        requestID = try row["request_id"]
        recordedAt = try row["recorded_at"]
        digest = try row["digest"]
    }

    /// Header and body, for the end of the transaction that did it.
    func insertion(of body: AuditBody, tenant: TenantID) -> [SQL] {
        [
            """
            INSERT INTO audit_entries (tenant_id, id, actor_kind, user_id, verb, object_id, customer_id,
                request_id, recorded_at, digest)
            VALUES (\(tenant), \(id), \(actorKind), \(user), \(verb), \(objectID), \(customer),
                \(requestID), \(recordedAt), \(digest))
            """,
            """
            INSERT INTO audit_bodies (tenant_id, entry_id, customer_id, salt, before, after)
            VALUES (\(tenant), \(id), \(customer), \(SQLBytes(body.salt)), \(body.before), \(body.after))
            """,
        ]
    }

    static func find(
        _ id: AuditEntryID, in tx: Transaction
    ) async throws -> (entry: AuditEntry, body: AuditBody?)? {
        try await tx.first(
            """
            SELECT \(columns), (SELECT salt FROM audit_bodies WHERE entry_id = \(id)) AS salt,
                (SELECT before FROM audit_bodies WHERE entry_id = \(id)) AS before,
                (SELECT after FROM audit_bodies WHERE entry_id = \(id)) AS after
            FROM audit_entries
            WHERE id = \(id)
            """
        ) { row in
            let salt: SQLBytes? = try row["salt"]
            return (
                try AuditEntry(row: row),
                try salt.map { AuditBody(before: try row["before"], after: try row["after"], salt: $0.bytes) }
            )
        }
    }

    /// The newest first. Every filter has an index in this order, so that the list costs what it shows.
    static func list(
        _ filter: AuditFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<AuditEntry> {
        var condition: SQL = "TRUE"
        if let user = filter.user { condition = "\(condition) AND user_id = \(user)" }
        if let kind = filter.actorKind { condition = "\(condition) AND actor_kind = \(kind)" }
        if let object = filter.objectID { condition = "\(condition) AND object_id = \(object)" }
        if let verb = filter.verb { condition = "\(condition) AND verb = \(verb)" }
        if let from = filter.from { condition = "\(condition) AND recorded_at >= \(from)" }
        if let until = filter.until { condition = "\(condition) AND recorded_at < \(until)" }
        if let after = try page.cursor.map({ try ListCursor($0) }) {
            let last = try after.instant
            condition = "\(condition) AND (recorded_at, id) < (\(last), \(after.id))"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM audit_entries
            WHERE \(condition)
            ORDER BY recorded_at DESC, id DESC
            LIMIT \(page.limit + 1)
            """, AuditEntry.init(row:))
        return Page(fetched: rows, limit: page.limit) {
            ListCursor(key: "\($0.recordedAt)", id: $0.id.uuid).text
        }
    }
}

/// Which entries a list shows; nil for all.
struct AuditFilter: Sendable {
    let user: UserID?
    let actorKind: AuditEntry.ActorKind?
    let objectID: String?
    let verb: String?
    let from: Instant?
    /// The first moment that is not shown any more.
    let until: Instant?
}
