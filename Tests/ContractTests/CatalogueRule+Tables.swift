extension CatalogueRule {
    private static let outsiders = "tables-without-tenant"

    /// How tables, keys and references are made.
    static let tables = [
        CatalogueRule(
            name: "Every table has a tenant_id that is never NULL",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tables)) t
                WHERE t.name <> ALL ($allowed) AND NOT EXISTS (
                    SELECT FROM pg_attribute a
                    WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnotnull
                        AND a.atttypid = 'uuid'::regtype)
                """,
            breach: "CREATE TABLE strays (id uuid PRIMARY KEY)", allowed: outsiders),
        CatalogueRule(
            name: "Every table has a primary key",
            query: """
                SELECT t.name FROM (\(CatalogueSQL.tables)) t
                WHERE NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = t.oid AND x.indisprimary)
                """,
            breach: "CREATE TABLE strays (tenant_id uuid NOT NULL)"),
        CatalogueRule(
            name:
                "tenant_id is the first column of every index, so of every primary key and unique constraint",
            query: """
                SELECT i.relname::text
                FROM (\(CatalogueSQL.tables)) t
                JOIN pg_index x ON x.indrelid = t.oid
                JOIN pg_class i ON i.oid = x.indexrelid
                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
                WHERE i.relname::text <> ALL ($allowed)
                    AND a.attname IS DISTINCT FROM 'tenant_id'
                    AND EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = t.oid
                        AND b.attname = 'tenant_id')
                """,
            breach: "CREATE INDEX strays_idx ON products (code, tenant_id)", allowed: "keys-across-tenants"),
        CatalogueRule(
            name: "Every reference to a tenant's table has tenant_id on both sides, in the same place",
            query: """
                SELECT f.conrelid::regclass || ' ' || f.conname
                FROM pg_constraint f
                JOIN pg_attribute far ON far.attrelid = f.confrelid AND far.attname = 'tenant_id'
                LEFT JOIN pg_attribute near ON near.attrelid = f.conrelid AND near.attname = 'tenant_id'
                WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace
                    AND (near.attnum IS NULL
                        OR COALESCE(array_position(f.conkey, near.attnum), 0)
                            <> COALESCE(array_position(f.confkey, far.attnum), -1))
                """,
            breach: """
                ALTER TABLE products ADD UNIQUE (id);
                ALTER TABLE prices ADD FOREIGN KEY (product_id) REFERENCES products (id)
                """),
        CatalogueRule(
            name:
                """
                There are only plain tables: no view, materialized view or foreign table shows rows \
                past them
                """,
            query: """
                SELECT c.relname::text FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm', 'f')
                """,
            breach: "CREATE VIEW strays AS SELECT * FROM products"),
        CatalogueRule(
            name: "There is no schema beside public",
            query: """
                SELECT nspname::text FROM pg_namespace
                WHERE nspname <> ALL (ARRAY['public', 'information_schema']) AND nspname NOT LIKE 'pg\\_%'
                """,
            breach: "CREATE SCHEMA strays"),
    ]
}
