extension CatalogueRule {
    /// What the roles that serve requests may do.
    static let roles = [
        CatalogueRule(
            name: "mpanel_app and mpanel_system have no power over row-level security",
            query: """
                SELECT rolname::text FROM pg_roles
                WHERE rolname IN ('mpanel_app', 'mpanel_system')
                    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
                UNION ALL
                SELECT name FROM unnest(ARRAY['mpanel_app', 'mpanel_system']) AS name
                WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
                """,
            breach: "ALTER ROLE mpanel_app BYPASSRLS"),
        CatalogueRule(
            name: "They are members of no other role",
            query: """
                SELECT m.roleid::regrole::text FROM pg_auth_members m
                WHERE m.member IN ('mpanel_app'::regrole, 'mpanel_system'::regrole)
                """,
            breach: "GRANT mpanel_owner TO mpanel_app"),
        CatalogueRule(
            name: "They own nothing",
            query: """
                SELECT d.classid::regclass || ' ' || d.objid FROM pg_shdepend d
                WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
                    AND d.refobjid IN ('mpanel_app'::regrole, 'mpanel_system'::regrole)
                    AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                """,
            breach: "ALTER TABLE products OWNER TO mpanel_app"),
        CatalogueRule(
            name: "They cannot make tables, nor empty or watch them past the policies",
            query: """
                SELECT c.relname || ' ' || g.privilege_type FROM pg_class c, aclexplode(c.relacl) g
                WHERE c.relnamespace = 'public'::regnamespace
                    AND g.grantee <> c.relowner
                    AND (g.grantee = 0 OR g.is_grantable
                        OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
                UNION ALL
                SELECT role || ' creates in public' FROM unnest(ARRAY['mpanel_app', 'mpanel_system']) AS role
                WHERE has_schema_privilege(role, 'public', 'CREATE')
                """,
            breach: "GRANT TRUNCATE ON products TO mpanel_app"),
        CatalogueRule(
            name: "mpanel_app sees no table of the installation",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tables)) t
                WHERE t.name = ANY ($allowed)
                    AND (has_table_privilege('mpanel_app', t.oid, 'SELECT, INSERT, UPDATE, DELETE')
                        OR has_any_column_privilege('mpanel_app', t.oid, 'SELECT, INSERT, UPDATE'))
                """,
            breach: "GRANT SELECT ON signing_keys TO mpanel_app", allowed: "tables-without-tenant",
            excusesBreaches: false),
        CatalogueRule(
            name: "mpanel_system reads columns of the listed tables and changes none of a tenant",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tables)) t
                WHERE t.name <> 'signing_keys'
                    AND (has_table_privilege('mpanel_system', t.oid, 'SELECT, INSERT, UPDATE, DELETE')
                        OR has_any_column_privilege('mpanel_system', t.oid, 'INSERT, UPDATE')
                        OR (has_any_column_privilege('mpanel_system', t.oid, 'SELECT')
                            AND t.name <> 'mpanel_migrations' AND t.name <> ALL ($allowed)))
                """,
            breach: "GRANT UPDATE (name) ON tenants TO mpanel_system", allowed: "routing-tables"),
        CatalogueRule(
            name: "No function runs with the rights of its owner",
            query: """
                SELECT p.oid::regprocedure::text FROM pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
                """,
            breach: """
                CREATE FUNCTION strays() RETURNS bigint LANGUAGE sql SECURITY DEFINER
                AS 'SELECT count(*) FROM products'
                """),
    ]
}
