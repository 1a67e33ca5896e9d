import ArgumentParser
import Invoicing
package import Kernel
import Postgres
import Subscriptions
import Tenancy

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that invoices, terms and ledger agree to the cent.",
        discussion: """
            For each company: numbers run 1…N, lines add up to their invoices, credit notes take back no \
            more than there was, the ledger holds what the invoices ask less what was credited, billed terms \
            tile the time line of every item without gap, overlap or double.

            Exit codes: 0 everything agrees, 1 something does not; each row at fault is listed.
            """)

    @Option(help: "The company's slug; all companies unless told.")
    var tenant: String?

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() async throws {
        let findings = try await Session.run { session in
            var findings: [TenantFinding] = []
            for (id, slug, _) in try await session.installation.tenants.all()
            where tenant ?? slug.text == slug.text {
                let found = try await session.installation.audit(TenantScope(id))
                findings += found.map { TenantFinding(tenant: slug.text, finding: $0) }
            }
            if let tenant { _ = try await session.tenant(tenant) }
            return findings
        }
        if json {
            try Terminal.json(["findings": findings])
        } else {
            for found in findings {
                Terminal.print("\(found.tenant): \(found.check) \(found.object): \(found.detail)")
            }
            if findings.isEmpty { Terminal.print("Everything agrees.") }
        }
        if !findings.isEmpty { throw ExitCode(1) }
    }
}

/// A finding with the company it was found at.
struct TenantFinding: Encodable {
    let tenant: String
    let check: String
    let object: String
    let detail: String

    init(tenant: String, finding: AuditFinding) {
        self.tenant = tenant
        check = finding.check
        object = finding.object
        detail = finding.detail
    }
}

extension Installation {
    /// Everything that does not agree in one tenant, seen in one snapshot.
    package func audit(_ scope: TenantScope) async throws -> [AuditFinding] {
        try await database.snapshot(scope) { tx in
            try await InvoicingAudit.findings(in: tx) + subscriptions.audit(in: tx)
        }
    }
}
