extension CatalogueRule {
    private static let outsiders = "tables-without-tenant"
    private static let routing = "routing-tables"

    /// What row-level security lets through.
    static let policies = [
        CatalogueRule(
            name: "Row-level security is on, for the owner too",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tenantTables)) t
                WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)
                """,
            breach: "ALTER TABLE products NO FORCE ROW LEVEL SECURITY", allowed: outsiders),
        CatalogueRule(
            name: "Every tenant's table has the tenant policy, to the letter, for all roles and commands",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tenantTables)) t
                WHERE NOT EXISTS (
                    SELECT FROM pg_policy p
                    WHERE p.polrelid = t.oid AND p.polname = 'tenant' AND p.polpermissive
                        AND p.polcmd = '*' AND p.polroles = '{0}'
                        AND pg_get_expr(p.polqual, t.oid) = '\(CatalogueSQL.tenantExpression)'
                        AND pg_get_expr(p.polwithcheck, t.oid) = '\(CatalogueSQL.tenantExpression)')
                """,
            breach: "ALTER POLICY tenant ON products USING (tenant_id IS NOT NULL)", allowed: outsiders),
        CatalogueRule(
            name: "Every table with a customer's rows has the customer policy, which only takes away",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tables)) t
                JOIN pg_attribute a ON a.attrelid = t.oid
                    AND a.attname = CASE t.name WHEN 'customers' THEN 'id' ELSE 'customer_id' END
                WHERE NOT EXISTS (
                    SELECT FROM pg_policy p
                    WHERE p.polrelid = t.oid AND p.polname = 'customer' AND NOT p.polpermissive
                        AND p.polcmd = '*' AND p.polroles = '{0}'
                        AND pg_get_expr(p.polqual, t.oid)
                            = format('\(CatalogueSQL.customerExpression)', a.attname)
                        AND pg_get_expr(p.polwithcheck, t.oid)
                            = format('\(CatalogueSQL.customerExpression)', a.attname))
                """,
            breach: "DROP POLICY customer ON invoices"),
        CatalogueRule(
            name: "No other policy exists, but that of the routing tables",
            query: """
                SELECT p.polrelid::regclass || ' ' || p.polname FROM pg_policy p
                WHERE p.polname <> ALL (ARRAY['tenant', 'customer']::name[])
                    AND NOT (p.polname = 'system' AND p.polrelid::regclass::text = ANY ($allowed))
                """,
            breach: "CREATE POLICY everybody ON products USING (true)",
            allowed: routing, excusesBreaches: false),
        CatalogueRule(
            name: "mpanel_system has policies on the listed tables only, to read",
            query: """
                SELECT p.polrelid::regclass::text FROM pg_policy p
                WHERE p.polname NOT IN ('tenant', 'customer')
                    AND NOT (p.polrelid::regclass::text = ANY ($allowed) AND p.polcmd = 'r'
                        AND p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'mpanel_system')]
                        AND pg_get_expr(p.polqual, p.polrelid) = 'true' AND p.polwithcheck IS NULL)
                """,
            breach: "CALL mpanel_route('products', 'tenant_id, id')", allowed: routing),
    ]
}
