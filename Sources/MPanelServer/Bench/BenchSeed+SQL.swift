import Kernel
import Postgres

/// The due subscriptions of a benchmark, made by the server itself: one customer, subscription and item each,
/// with a first term and a set-up fee, so that every invoice has two lines.
enum BenchSeed {
    /// Fills `tenants` tenants with `subscriptions` due subscriptions each. The connection is a superuser's:
    /// policies do not bind it.
    static func fill(tenants: Int, subscriptions: Int, over connection: Connection) async throws {
        try await connection.execute(script: script(tenants: tenants, subscriptions: subscriptions))
        try await connection.execute(script: "ANALYZE")
    }

    private static func script(tenants: Int, subscriptions: Int) -> String {
        """
        CREATE TEMPORARY TABLE t AS
            SELECT gen_random_uuid() AS tenant_id, n, gen_random_uuid() AS product_id, gen_random_uuid()
                AS price_id
            FROM generate_series(1, \(tenants)) AS n;
        INSERT INTO tenants (tenant_id, slug, name, is_sandbox, recorded_at)
            SELECT tenant_id, 'bench-' || n, 'Bench ' || n, true, now() FROM t;
        INSERT INTO sandbox_clocks (tenant_id, today) SELECT tenant_id, '2026-12-01' FROM t;
        INSERT INTO tenant_settings (tenant_id, version, seller_name, seller_country, locale, time_zone,
                default_currency, brand_name, invoice_number_format, credit_note_number_format,
                policies)
            SELECT tenant_id, 1, 'Bench ' || n, 'DE', 'de-DE', 'Europe/Berlin', 'EUR', 'Bench ' || n,
                'B-{year}-{number:7}', 'CN-{year}-{number:6}',
                '{"tax_rounding": "line", "invoice_days_before_due": 0, "payment_terms_days": 14}'
            FROM t;
        INSERT INTO tax_rates (tenant_id, country, name, rate_ppm, version, recorded_at)
            SELECT tenant_id, 'DE', 'USt', 190000, 1, now() FROM t;
        INSERT INTO products (tenant_id, id, code, type, name, state, attributes, metadata, version,
            recorded_at)
            SELECT tenant_id, product_id, 'web-m', 'hosting', 'Web Medium', 'active', '{}', '{}', 1, now()
                FROM t;
        INSERT INTO prices (tenant_id, id, product_id, currency, interval_unit, interval_count,
            price_version, state, amount_minor, setup_fee_minor, in_use, version, recorded_at)
            SELECT tenant_id, price_id, product_id, 'EUR', 'month', 1, 1, 'current', 999, 1500, true, 1,
                now() FROM t;
        CREATE TEMPORARY TABLE s AS
            SELECT t.*, i, gen_random_uuid() AS customer_id, gen_random_uuid() AS subscription_id,
                gen_random_uuid() AS item_id
            FROM t, generate_series(1, \(subscriptions)) AS i;
        INSERT INTO customers (tenant_id, id, reference, kind, name, email, street, postal_code, city,
            country, currency, tax_exempt, metadata, version, recorded_at)
            SELECT tenant_id, customer_id, 'C' || i, 'person', 'Customer ' || i, 'c' || i || '@bench.example',
                'Street ' || i, '10115', 'Berlin', 'DE', 'EUR', false, '{}', 1, now()
            FROM s;
        INSERT INTO subscriptions (tenant_id, id, customer_id, reference, state, currency, started_on,
            version, recorded_at)
            SELECT tenant_id, subscription_id, customer_id, 'S' || i, 'active', 'EUR', '2026-12-01', 1,
                now() FROM s;
        INSERT INTO subscription_items (tenant_id, id, subscription_id, customer_id, recorded_at)
            SELECT tenant_id, item_id, subscription_id, customer_id, now() FROM s;
        INSERT INTO item_schedules (tenant_id, item_id, schedule_no, customer_id, subscription_id,
            price_id, quantity_micros, anchor, interval_unit, interval_count, starts_on, charges_set_up,
            first_term, next_term, next_due_on, is_billable)
            SELECT tenant_id, item_id, 1, customer_id, subscription_id, price_id, 1000000, '2026-12-01',
                'month', 1, '2026-12-01', true, 0, 0, '2026-12-01', true
            FROM s;
        """
    }
}

/// What a run wrote, and the same rows once more by COPY.
enum BenchFloor {
    static let tables = ["invoices", "invoice_lines", "billed_terms", "postings", "outbox_events"]

    static func rows(over connection: Connection) async throws -> [String: Int] {
        let counts = try await connection.all(
            """
            SELECT 'invoices' AS name, count(*) AS n FROM invoices
            UNION ALL SELECT 'invoice_lines', count(*) FROM invoice_lines
            UNION ALL SELECT 'billed_terms', count(*) FROM billed_terms
            UNION ALL SELECT 'postings', count(*) FROM postings
            UNION ALL SELECT 'outbox_events', count(*) FROM outbox_events
            """
        ) { (try $0["name"] as String, try $0["n"] as Int) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Writes the tables' rows into files of the server, in PostgreSQL's binary form.
    static func export(to directory: String, over connection: Connection) async throws {
        for table in tables {
            try await connection.execute(script: "COPY \(table) TO '\(directory)/\(table)' (FORMAT binary)")
        }
    }

    /// Empty tables with the same columns, keys and indexes, and without triggers and foreign keys.
    static func prepare(over connection: Connection) async throws {
        for table in tables {
            try await connection.execute(
                script: """
                    DROP TABLE IF EXISTS floor_\(table);
                    CREATE TABLE floor_\(table) (LIKE \(table) INCLUDING ALL);
                    """)
        }
        try await connection.execute(script: "CHECKPOINT")
    }

    static func copy(_ table: String, from directory: String, over connection: Connection) async throws {
        try await connection.execute(
            script: "COPY floor_\(table) FROM '\(directory)/\(table)' (FORMAT binary)")
    }
}
