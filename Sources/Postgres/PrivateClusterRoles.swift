import Foundation
import LocalServers

/// The names that every private cluster has.
enum ClusterRole {
    static let superuser = "postgres"
    static let owner = "mpanel_owner"
    static let app = "mpanel_app"
    static let system = "mpanel_system"
    static let database = "mpanel"
}

extension PrivateServer {
    /// Makes the three roles and the database, or repairs what is missing or grants too much. It asks first,
    /// so that a server in use is only read.
    func ensureRoles() async throws {
        if try await psql("postgres", ClusterRole.check) == "t" { return }
        try await psql("postgres", ClusterRole.make)
        // Its grants come last and all at once: the check looks for their last step.
        try await psql(ClusterRole.database, ClusterRole.grant)
    }

    @discardableResult
    private func psql(_ database: String, _ sql: String) async throws -> String {
        let result = try await tool(
            "psql",
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", site.socketDirectory, "-p", "5432",
                "-U", ClusterRole.superuser, "-d", database, "-f", "-",
            ], input: sql)
        guard result.succeeded else { throw PrivateClusterProblem.rolesFailed(reason: result.reason) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension ClusterRole {
    /// `t` when the roles are there without any power over row-level security, and the last grant has been
    /// made.
    fileprivate static let check = """
        SELECT count(*) = 3 AND bool_and(EXISTS (
            SELECT FROM pg_database d
            WHERE d.datname = 'mpanel'
              AND pg_get_userbyid(d.datdba) = 'mpanel_owner'
              AND NOT has_database_privilege('public', d.oid, 'CONNECT')))
        FROM pg_roles
        WHERE rolname IN ('mpanel_owner', 'mpanel_app', 'mpanel_system')
          AND rolcanlogin AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreatedb AND NOT rolcreaterole;
        """

    fileprivate static let make = """
        SET client_min_messages = warning;
        SELECT format('CREATE ROLE %I', name)
        FROM unnest(ARRAY['mpanel_owner', 'mpanel_app', 'mpanel_system']) AS name
        WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
        \\gexec
        SELECT format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name)
        FROM unnest(ARRAY['mpanel_owner', 'mpanel_app', 'mpanel_system']) AS name
        \\gexec
        SELECT 'CREATE DATABASE mpanel OWNER mpanel_owner TEMPLATE template0'
        WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'mpanel')
        \\gexec
        ALTER DATABASE mpanel OWNER TO mpanel_owner;
        """

    fileprivate static let grant = """
        BEGIN;
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE, CREATE ON SCHEMA public TO mpanel_owner;
        GRANT USAGE ON SCHEMA public TO mpanel_app, mpanel_system;
        REVOKE ALL ON DATABASE mpanel FROM PUBLIC;
        GRANT CONNECT ON DATABASE mpanel TO mpanel_app, mpanel_system;
        COMMIT;
        """
}
