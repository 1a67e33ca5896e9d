import HTTPTypes
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import Tenancy
import TestKit
import Testing
import Web

extension World {
    /// Gives both companies rows in every table, of two customers at least where rows belong to customers.
    func fillEveryTable() async throws {
        for company in [ours, theirs] {
            try await server.installation.tenants.add(
                hostName: try #require(HostName("\(company.slug.text).example")),
                by: Actor(.operatorCommand, role: .owner, scope: TenantScope(company.tenant)))
            _ = try await server.installation.subscriptions.billing.run(
                BillingRequest(scope: TenantScope(company.tenant)))
            let maker = ObjectMaker(company)
            for _ in 1...2 {
                _ = try await maker.contact()
                _ = try await maker.creditNote()
                try await maker.changedSubscription()
                _ = try await maker.discount()
                _ = try await maker.coupon()
                _ = try await maker.scheduledPriceChange()
                _ = try await maker.taxRule()
                _ = try await maker.taxExemption()
                _ = try await maker.upgradePath()
                _ = try await maker.batch()
                _ = try await maker.quarantined()
            }
            _ = try await maker.taxRegistration()
            _ = try await maker.make(for: "product-families")
            _ = try await maker.make(for: "customer-groups")
            _ = try await maker.run()
            _ = try await maker.automationRun()
            _ = try await company.owner.must(.put, "/v1/automation/stop", ["reason": "A test"])
            for name in ["one", "two"] {
                let answer = try await company.owner.send(
                    .post, "/v1/product-families", bytes: Array(#"{"name": "\#(name)"}"#.utf8),
                    headers: [.idempotencyKey: name])
                try #require(answer.status == 201)
            }
        }
        // As if users of customers had sent the keys.
        try await overseen(
            """
            UPDATE idempotency_keys AS k
            SET customer_id = CASE
                WHEN EXISTS (SELECT FROM idempotency_keys o WHERE o.tenant_id = k.tenant_id AND o.id < k.id)
                THEN (SELECT id FROM customers WHERE tenant_id = k.tenant_id ORDER BY id LIMIT 1)
                ELSE (SELECT id FROM customers WHERE tenant_id = k.tenant_id ORDER BY id DESC LIMIT 1)
            END
            """)
    }
}

/// A table of tenants' rows as the superuser sees it, who sees everything.
struct TenantTable: Sendable {
    let name: String
    /// The column that says whose row it is, among the customers of the tenant.
    let customerColumn: String?
    /// A column that mpanel_app may change; nil when there is none.
    let changeable: String?
    let mayDelete: Bool
}

/// Looks at everything, past all policies.
struct Overseer: Sendable {
    let connection: Connection

    init(_ database: TestDatabase) async throws {
        connection = try await Connection.open(PostgresSettings(url: database.superuserURL))
    }

    func tables() async throws -> [TenantTable] {
        try await connection.all(
            """
            SELECT c.relname::text AS name,
                (SELECT a.attname::text FROM pg_attribute a
                    WHERE a.attrelid = c.oid
                        AND a.attname = CASE c.relname WHEN 'customers' THEN 'id' ELSE 'customer_id' END
                ) AS customer_column,
                (SELECT a.attname::text FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0
                        AND has_column_privilege('mpanel_app', c.oid, a.attnum, 'UPDATE')
                    ORDER BY a.attnum DESC LIMIT 1) AS changeable,
                has_table_privilege('mpanel_app', c.oid, 'DELETE') AS may_delete
            FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                AND EXISTS (
                    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
            ORDER BY c.relname
            """
        ) { row in
            TenantTable(
                name: try row["name"], customerColumn: try row["customer_column"],
                changeable: try row["changeable"], mayDelete: try row["may_delete"])
        }
    }

    func count(_ table: TenantTable, of company: Company) async throws -> Int {
        try await number(
            "SELECT count(*) FROM \(unsafe: table.name) WHERE tenant_id = \(company.tenant)")
    }

    /// The same rows give the same text.
    func digest(_ table: TenantTable, of company: Company) async throws -> String {
        let digest: String? = try await connection.first(
            """
            SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \(unsafe: table.name) t
            WHERE tenant_id = \(company.tenant)
            """
        ) { try $0[0] }
        return try #require(digest)
    }

    /// One row of the company as JSON.
    func row(of table: TenantTable, _ company: Company) async throws -> String {
        try #require(
            try await connection.first(
                """
                SELECT to_jsonb(t)::text FROM \(unsafe: table.name) t
                WHERE tenant_id = \(company.tenant) ORDER BY t::text LIMIT 1
                """
            ) { try $0[0] as String })
    }

    /// The customers of the company that have rows in the table, with their number of rows.
    func customers(in table: TenantTable, _ column: String, _ company: Company) async throws -> [(
        CustomerID, Int
    )] {
        try await connection.all(
            """
            SELECT \(unsafe: column) AS customer, count(*) AS rows FROM \(unsafe: table.name)
            WHERE tenant_id = \(company.tenant) AND \(unsafe: column) IS NOT NULL GROUP BY 1 ORDER BY 1
            """
        ) { (try $0["customer"], try $0["rows"]) }
    }

    private func number(_ sql: SQL) async throws -> Int {
        try #require(try await connection.first(sql) { try $0[0] as Int })
    }
}

/// A session of mpanel_app as somebody would have who stole its password: SQL, and no code of ours around it.
struct Intruder: Sendable {
    let connection: Connection

    init(_ url: String) async throws {
        connection = try await Connection.open(PostgresSettings(url: url))
    }

    /// Sets what the policies look at; nil leaves it unset.
    func become(_ company: Company?, customer: CustomerID? = nil) async throws {
        try await connection.execute(script: "RESET mpanel.tenant_id; RESET mpanel.customer_id")
        if let company {
            _ = try await connection.all(
                "SELECT set_config('mpanel.tenant_id', \(company.tenant.uuid)::text, false)"
            ) { _ in }
        }
        if let customer {
            _ = try await connection.all(
                "SELECT set_config('mpanel.customer_id', \(customer.uuid)::text, false)"
            ) { _ in }
        }
    }

    func count(_ table: TenantTable) async throws -> Int {
        try #require(
            try await connection.first("SELECT count(*) FROM \(unsafe: table.name)") { try $0[0] as Int })
    }

    /// How many rows it changes, or the SQLSTATE with which it is refused.
    func attempt(_ sql: SQL) async throws -> Outcome {
        do {
            return .affected(try await connection.run(sql))
        } catch let error as PostgresError {
            return .refused(error.sqlState)
        }
    }

    enum Outcome: Equatable {
        case affected(Int)
        case refused(String)

        /// insufficient_privilege: the policy, or a privilege that was never granted.
        static let denied = Outcome.refused("42501")
        /// unique_violation: it was allowed, and the row is there already.
        static let alreadyThere = Outcome.refused("23505")
    }
}
