import ArgumentParser
import Foundation
import Importing
import Kernel

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a provider's business in from a directory of CSV files.",
        discussion: """
            The directory holds tenant.json, products.csv, prices.csv, tax_rates.csv, customers.csv and \
            subscriptions.csv; examples/README.md describes them. Good rows are taken in, bad ones refused \
            one by one \
            with their place and reason. It can be repeated: unchanged rows are skipped, changed ones \
            reported and \
            not applied.

            Exit codes: 0 every row is in, 3 some rows were refused.
            """)

    @Argument(help: "The directory.")
    var directory: String

    @Option(help: "The company's slug; a company that does not exist is created from tenant.json.")
    var tenant: String

    @Option(help: "Make a new company a sandbox whose clock stands at this day (YYYY-MM-DD).")
    var sandbox: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard Slug(tenant) != nil else { throw ValidationError("--tenant \(Slug.rule).") }
        if let sandbox, Day(sandbox) == nil {
            throw ValidationError("--sandbox must be a day such as 2026-11-22.")
        }
    }

    func run() async throws {
        guard let slug = Slug(tenant) else { return }
        let report = try await Session.run { session in
            try await session.installation.importing.run(
                URL(filePath: directory, directoryHint: .isDirectory), into: slug,
                sandboxToday: sandbox.flatMap(Day.init)
            ) { progress in
                Terminal.progress("\(progress.file): \(progress.rows) rows")
            }
        }
        Terminal.endProgress()
        if json { try Terminal.json(report) } else { show(report) }
        if !report.refusals.isEmpty { throw ExitCode(3) }
    }

    private func show(_ report: ImportReport) {
        for refusal in report.refusals {
            let place = "\(refusal.file):\(refusal.line)"
            Terminal.say("\(place): \(refusal.column.map { "\($0) " } ?? "")\(refusal.reason)")
        }
        Terminal.table(
            ["", "imported", "skipped", "refused"],
            report.files.map {
                [$0.name, "\($0.counts.imported)", "\($0.counts.skipped)", "\($0.counts.refused)"]
            })
    }
}
