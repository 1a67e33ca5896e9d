import ArgumentParser
import Foundation
import Kernel
import Logging
import Subscriptions
import Tenancy

struct Bill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invoice all terms that are due.",
        discussion: """
            --as-of selects the terms: those that start on or before that day. Invoices are always dated \
            with the \
            company's today. Running it again, or twice at once, bills nothing twice.

            An item that cannot be billed is named with its reason and goes into quarantine, where later \
            runs leave it alone: see `mpanel quarantine`.

            Exit codes: 0 all due terms are billed, 3 some items were left out or are in quarantine.
            """)

    @Option(help: "The company's slug.")
    var tenant: String?

    @Flag(help: "All companies of this installation; one that cannot be billed stops none of the others.")
    var all = false

    @Option(name: .customLong("as-of"), help: "YYYY-MM-DD; the company's today unless told.")
    var asOf: String?

    @Flag(name: .customLong("dry-run"), help: "Compute everything, write nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON, amounts in minor units.")
    var json = false

    @Option(help: "How many transactions at once.")
    var workers = 2

    func validate() throws {
        guard (tenant != nil) != all else {
            throw ValidationError("Name a company with --tenant, or take --all.")
        }
        if let asOf, Day(asOf) == nil { throw ValidationError("--as-of must be a day such as 2026-12-01.") }
        guard (1...32).contains(workers) else { throw ValidationError("--workers must be from 1 to 32.") }
    }

    func run() async throws {
        let connections = (all ? workers * (workers + 2) : workers) + 3
        let report = try await Session.run(connections: min(connections, Bill.connectionLimit)) { session in
            all ? try await billAll(session) : try await billOne(session)
        }
        Terminal.endProgress()
        if json {
            try Terminal.json(report)
        } else {
            BillTable(report, isDryRun: dryRun).print()
        }
        if !report.failed.isEmpty || report.quarantined > 0 { throw ExitCode(3) }
    }

    /// A database of one's own may take no more; those who find none free wait in line.
    private static let connectionLimit = 40

    private func billOne(_ session: Session) async throws -> BillingReport {
        let slug = tenant ?? ""
        let billing = session.installation.subscriptions.billing
        let request = BillingRequest(
            scope: TenantScope(try await session.tenant(slug)), asOf: asOf.flatMap(Day.init),
            isDryRun: dryRun, workers: workers, askedBy: .operatorCommand)
        let days = try await billing.days(of: request)
        if days.isAhead {
            Terminal.say(
                "\(slug): billing ahead, terms up to \(days.asOf); invoices are dated \(days.today).")
        }
        return try await billing.run(request) { report in
            Terminal.progress("\(slug): \(report.invoices) invoices, \(report.lines) lines")
        }
    }

    private func billAll(_ session: Session) async throws -> BillingReport {
        let tenants = try await session.installation.tenants.all()
        let slugs = Dictionary(uniqueKeysWithValues: tenants.map { ($0.id, $0.slug.text) })
        if let asOf {
            Terminal.say(
                "Companies whose today is before \(asOf) are billed ahead; invoices are dated today.")
        }
        let requests = tenants.map { tenant in
            BillingRequest(
                scope: TenantScope(tenant.id), asOf: asOf.flatMap(Day.init), isDryRun: dryRun,
                workers: workers, askedBy: .operatorCommand)
        }
        let results = try await session.installation.subscriptions.billing.runAll(requests) {
            tenant, report in
            Terminal.progress("\(slugs[tenant] ?? ""): \(report.invoices) invoices, \(report.lines) lines")
        }
        var sum = BillingReport()
        var stopped: [String] = []
        for (tenant, result) in zip(tenants, results) {
            switch result {
            case .success(let report): sum.add(report)
            case .failure(let error):
                stopped.append(tenant.slug.text)
                session.logger.error(
                    "a company could not be billed",
                    metadata: [
                        "tenant": "\(tenant.id)", "error": "\(String(reflecting: error))",
                    ])
            }
        }
        if stopped.isEmpty { return sum }
        Terminal.endProgress()
        BillTable(sum, isDryRun: dryRun).print()
        throw Complaint(
            "Not billed: \(stopped.joined(separator: ", ")). The log above says why; mend it and run again.")
    }
}

/// The result of a run as people read it.
struct BillTable {
    private let report: BillingReport
    private let isDryRun: Bool

    init(_ report: BillingReport, isDryRun: Bool) {
        self.report = report
        self.isDryRun = isDryRun
    }

    func print() {
        if report.totals.isEmpty {
            Terminal.print("Nothing was due.")
        } else {
            let rows = report.totals.sorted { $0.key < $1.key }.map { code, sum in
                [code, "\(sum.invoices)", "\(sum.lines)"]
                    + [sum.net, sum.tax, sum.gross].map { $0.map { decimal($0, code) } ?? "too large" }
            }
            Terminal.table(["", "invoices", "lines", "net", "tax", "gross"], rows)
        }
        if report.skipped > 0 {
            Terminal.print("\(report.skipped) suspended subscriptions with due terms were skipped.")
        }
        for failure in report.failed {
            Terminal.print(
                "left out: \(failure.reference ?? failure.subscription.description) "
                    + "(\(failure.item)): \(failure.reason.rawValue)")
        }
        if report.quarantined > 0 {
            Terminal.print(
                "\(report.quarantined) items are in quarantine; `mpanel quarantine list` says why.")
        }
        if isDryRun { Terminal.print("This was a dry run: nothing was written.") }
    }

    private func decimal(_ amountMinor: Int64, _ code: String) -> String {
        Currency(code).map { Money(amountMinor, $0).decimal } ?? "\(amountMinor)"
    }
}
