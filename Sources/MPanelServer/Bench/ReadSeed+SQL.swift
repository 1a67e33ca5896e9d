import Foundation
import Kernel
import Postgres

/// Who reads in a benchmark, and what.
struct ReadSeed: Sendable {
    /// A user with what it can see.
    struct Reader: Sendable {
        let company: String
        let email: String
        let invoices: [InvoiceID]
        let product: ProductID
    }

    /// Of each tenant.
    static let products = 20

    /// Makes readers, as many of each tenant, with the password of the one user there is. The connection is a
    /// superuser's: policies do not bind it.
    static func fill(readers: Int, over connection: Connection) async throws -> [Reader] {
        try await connection.execute(
            script: """
                INSERT INTO users (tenant_id, id, email, email_folded, name, role, password_hash, version,
                        recorded_at)
                    SELECT t.tenant_id, gen_random_uuid(), 'r' || n || '@bench.example',
                        'r' || n || '@bench.example', 'Reader', 'staff', u.password_hash, 1, now()
                    FROM (SELECT tenant_id, count(*) OVER () AS tenants FROM tenants) AS t,
                        (SELECT password_hash FROM users LIMIT 1) AS u,
                        generate_series(1, \(readers) / t.tenants) AS n;
                CREATE TEMPORARY TABLE more AS
                    SELECT tenant_id, n, gen_random_uuid() AS id
                    FROM tenants, generate_series(1, \(products - 1)) AS n;
                INSERT INTO products (tenant_id, id, code, type, name, state, attributes, metadata, version,
                        recorded_at)
                    SELECT tenant_id, id, 'more-' || n, 'hosting', 'More ' || n, 'active',
                        '{"disk_gb": "50"}', '{}', 1, now()
                    FROM more;
                INSERT INTO prices (tenant_id, id, product_id, currency, interval_unit, interval_count,
                        price_version, state, amount_minor, setup_fee_minor, in_use, version, recorded_at)
                    SELECT tenant_id, gen_random_uuid(), id, 'EUR', 'month', 1, 1, 'current', 100 * n, 0,
                        false, 1, now()
                    FROM more;
                """)
        try await connection.execute(script: "VACUUM ANALYZE")
        let invoices = try await connection.all("SELECT tenant_id, id FROM invoices") {
            (try $0["tenant_id"] as TenantID, try $0["id"] as InvoiceID)
        }
        let byTenant = Dictionary(grouping: invoices) { $0.0 }.mapValues { $0.map(\.1) }
        return try await connection.all(
            """
            SELECT tenants.tenant_id, tenants.slug, users.email, products.id AS product
            FROM users
            JOIN tenants USING (tenant_id)
            JOIN products USING (tenant_id)
            WHERE users.role = 'staff' AND products.code = 'web-m'
            """
        ) { row in
            let tenant: TenantID = try row["tenant_id"]
            return Reader(
                company: try row["slug"], email: try row["email"], invoices: byTenant[tenant] ?? [],
                product: try row["product"])
        }
    }
}
