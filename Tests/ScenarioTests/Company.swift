import Foundation
import Importing
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import Tenancy
import TestKit
import Testing

/// A tenant on a test's server, and what can be done with it and seen of it.
struct Company: Sendable {
    let server: TestServer
    let slug: Slug
    let scope: TenantScope

    /// Imports the provider, as a sandbox unless told. Fails the test when a row is refused.
    init(
        _ provider: Provider, as slug: String = "acme", isSandbox: Bool = true, on server: TestServer
    ) async throws {
        let directory = try provider.write()
        defer { try? FileManager.default.removeItem(at: directory) }
        let report = try await Company.take(
            directory, as: slug, today: isSandbox ? provider.today : nil, on: server)
        #expect(report.refusals.isEmpty)
        try await self.init(report.tenant, on: server)
    }

    /// A tenant that is there.
    init(_ slug: Slug, on server: TestServer) async throws {
        self.server = server
        self.slug = slug
        scope = TenantScope(try await server.installation.tenants.require(slug: slug))
    }

    static func take(
        _ directory: URL, as slug: String, today: String?, on server: TestServer
    ) async throws -> ImportReport {
        try await server.installation.importing.run(
            directory, into: try #require(Slug(slug)),
            sandboxToday: try today.map { try #require(Day($0)) }
        ) { _ in }
    }

    @discardableResult
    func bill(
        asOf: String? = nil, isDryRun: Bool = false,
        progress: @Sendable (BillingReport) async -> Void = { _ in }
    ) async throws -> BillingReport {
        let day = try asOf.map { try #require(Day($0)) }
        return try await server.installation.subscriptions.billing.run(
            BillingRequest(scope: scope, asOf: day, isDryRun: isDryRun), progress: progress)
    }

    /// Moves the sandbox's clock.
    func setToday(_ day: String) async throws {
        let today = try #require(Day(day))
        let moved = try await server.installation.database.write(scope) { tx in
            try await tx.run("UPDATE sandbox_clocks SET today = \(today)")
        }
        #expect(moved == 1)
    }

    /// What the sandbox's clock says.
    func today() async throws -> Day {
        let days = try await texts("SELECT today::text AS line FROM sandbox_clocks")
        return try #require(days.first.flatMap(Day.init))
    }

    func audit() async throws -> [AuditFinding] {
        try await server.installation.audit(scope)
    }

    func user(_ role: Role = .owner) async throws -> TestSignIn {
        try await server.user(role, of: slug)
    }
}

extension Company {
    /// Every invoice that stands, sorted:
    /// `customer_ref,currency,due_on,lines,net_minor,tax_minor,gross_minor`.
    func invoices() async throws -> [String] {
        try await texts(
            """
            SELECT concat_ws(',', c.reference, i.currency, i.service_on, i.line_count, i.net_minor,
                i.tax_minor, i.gross_minor) AS line
            FROM invoices AS i JOIN customers AS c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
            WHERE i.state IN ('open', 'paid')
            """)
    }

    /// Every line of an invoice that stands: whose, for what and when, how much; sorted.
    func lines() async throws -> [String] {
        try await texts(
            """
            SELECT concat_ws(',', c.reference, i.service_on, i.line_count, l.description, l.quantity_micros,
                l.period_start, l.period_end, l.net_minor, l.tax_minor) AS line
            FROM invoices AS i JOIN customers AS c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
            JOIN invoice_lines AS l ON l.tenant_id = i.tenant_id AND l.invoice_id = i.id
            WHERE i.state IN ('open', 'paid')
            """)
    }

    /// The numbers of all invoices as people read them, sorted.
    func numbers() async throws -> [String] {
        try await texts("SELECT number AS line FROM invoices WHERE number IS NOT NULL")
    }

    /// How many schedules are due, as a run through this day sees it.
    func due(through day: String) async throws -> Int {
        let day = try #require(Day(day))
        let count = try await texts(
            """
            SELECT count(*)::text AS line FROM item_schedules WHERE is_billable AND next_due_on <= \(day)
            """)
        return try #require(Int(count.joined()))
    }

    func texts(_ sql: SQL) async throws -> [String] {
        try await server.installation.database.snapshot(scope) { tx in
            try await tx.all(sql) { try $0["line"] as String }
        }.sorted()
    }
}

extension TestServer {
    /// Where even what changed nothing leaves that it was asked for.
    static let auditLog: Set = ["audit_entries", "audit_bodies"]

    /// Of every table but these, a digest of all its rows: equal exactly when nothing was written.
    func digests(but unlooked: Set<String> = []) async throws -> [String: String] {
        let admin = try await Connection.open(PostgresSettings(url: database.superuserURL))
        let digests = try await admin.all(
            """
            SELECT relname::text AS name, (xpath('/row/digest/text()', query_to_xml(format(
                'SELECT count(*) || md5(string_agg(t::text, '','' ORDER BY t::text)) AS digest FROM %I AS t',
                relname), false, true, '')))[1]::text AS digest
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            """
        ) { (try $0["name"] as String, try $0["digest"] as String?) }
        return Dictionary(uniqueKeysWithValues: digests.map { ($0, $1 ?? "empty") })
            .filter { !unlooked.contains($0.key) }
    }
}
