import Kernel
import Logging
import Postgres

/// A database with one tenant table, as every tenant table is made, and pools of both roles to it.
struct Shop: Sendable {
    let database: TestDatabase
    let pool: ConnectionPool
    let db: Database
    let system: SystemDatabase
    let tenant = TenantScope(.new())

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func new(
        on server: TestServer? = nil, connections: Int = 4, wait: Duration = .seconds(5),
        _ change: (inout PostgresSettings) -> Void = { _ in }
    ) async throws -> Shop {
        let database = try await (server ?? .shared()).database()
        try await Connection.open(database.owner).execute(script: schema)
        var settings = database.app
        change(&settings)
        var limits = ConnectionPool.Limits()
        limits.connections = connections
        limits.wait = wait
        let pool = ConnectionPool(settings, limits: limits, logger: quiet)
        let systemPool = ConnectionPool(database.system, limits: limits, logger: quiet)
        return Shop(database: database, pool: pool, db: Database(pool), system: SystemDatabase(systemPool))
    }

    private static let schema = """
        CREATE TABLE things (
            tenant_id uuid NOT NULL,
            customer_id uuid,
            name text NOT NULL,
            CONSTRAINT things_pkey PRIMARY KEY (tenant_id, name)
        );
        ALTER TABLE things ENABLE ROW LEVEL SECURITY;
        ALTER TABLE things FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON things TO mpanel_app
            USING (tenant_id = NULLIF(current_setting('mpanel.tenant_id', true), '')::uuid);
        CREATE POLICY customer ON things AS RESTRICTIVE TO mpanel_app
            USING (coalesce(customer_id = NULLIF(current_setting('mpanel.customer_id', true), '')::uuid,
                            NULLIF(current_setting('mpanel.customer_id', true), '') IS NULL));
        GRANT SELECT, INSERT, UPDATE, DELETE ON things TO mpanel_app, mpanel_system;
        """

    func add(_ name: String, for scope: TenantScope? = nil, customer: CustomerID? = nil) async throws {
        let scope = scope ?? tenant
        try await db.write(scope) { tx in
            try await tx.run(Shop.insert(name, scope, customer))
        }
    }

    func names(_ scope: TenantScope? = nil) async throws -> [String] {
        try await db.all(scope ?? tenant, "SELECT name FROM things ORDER BY name") { try $0["name"] }
    }

    static func insert(_ name: String, _ scope: TenantScope, _ customer: CustomerID? = nil) -> SQL {
        "INSERT INTO things (tenant_id, customer_id, name) VALUES (\(scope.tenant), \(customer), \(name))"
    }

    /// Ends the server's processes that match, as an administrator would, and waits until they are gone.
    func terminate(where condition: SQL) async throws {
        let ended: [Bool] = try await Connection.open(database.superuser).all(
            """
            SELECT pg_terminate_backend(pid, 5000) AS ended FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(condition)
            """
        ) { try $0["ended"] }
        if ended.isEmpty || ended.contains(false) {
            throw ServerFailure(tool: "pg_terminate_backend", status: 1)
        }
    }

    func processes(where condition: SQL) async throws -> Int {
        let count: Int? = try await Connection.open(database.superuser).first(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(condition)
            """
        ) { try $0[0] }
        return count ?? 0
    }
}
