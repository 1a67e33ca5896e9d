import Kernel
import Postgres
import Testing

/// One rule that PostgreSQL's catalogue is asked about: what is found are its breaches.
struct CatalogueRule: Sendable, CustomTestStringConvertible {
    let name: String
    /// Breaches, one text a row. `$allowed` stands for the names that are excused.
    let query: String
    /// What breaks the rule, to show that it would be found.
    let breach: String
    /// The list in Allowed/ of names that the rule does not hold for.
    var allowed: String?
    /// Whether a listed name must be a breach: else it is listed for nothing.
    var excusesBreaches = true

    var testDescription: String { name }

    func breaches(over connection: Connection, excusing names: Set<String> = []) async throws -> [String] {
        let quoted = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
        let sql = query.replacing("$allowed", with: "ARRAY[\(quoted)]::text[]")
        return try await connection.all("\(unsafe: sql)") { try $0[0] as String }
    }

    /// The excused names.
    func excused() throws -> Set<String> {
        try allowed.map { try TidyAllowance(named: $0).paths } ?? []
    }
}

/// SQL that the rules share.
enum CatalogueSQL {
    /// Tables of schema public.
    static let tables = """
        SELECT c.oid, c.relname::text AS name, c.relrowsecurity, c.relforcerowsecurity
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        """

    /// Those that belong to a tenant: all but the listed ones.
    static let tenantTables = """
        SELECT * FROM (\(tables)) t WHERE t.name <> ALL ($allowed)
        """

    /// As pg_get_expr prints it.
    static let tenantExpression = "(tenant_id = \(setting("tenant_id")))"

    /// The same for the customer of a row, in the named column.
    static let customerExpression =
        "((\(setting("customer_id")) IS NULL) OR (%I = \(setting("customer_id"))))"

    /// Read in a sub-select, so once for a statement.
    private static func setting(_ name: String) -> String {
        "( SELECT (NULLIF(current_setting(''mpanel.\(name)''::text, true), ''''::text))::uuid"
            + " AS \"nullif\")"
    }
}
