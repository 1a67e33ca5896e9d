package import Measures

/// What the billing runs of this process did since it began; dry runs do nothing.
package struct BillingCounts: Sendable {
    package static let metrics = [ended, issued, unbilled]

    private static let ended = Metric(
        "mpanel_billing_runs_total", .counter, "Billing runs that ended, by how", labels: ["outcome"])
    private static let issued = Metric(
        "mpanel_billing_invoices_total", .counter, "Invoices that billing runs issued")
    private static let unbilled = Metric(
        "mpanel_billing_items_left_out_total", .counter,
        "Items that billing runs could not bill, whose reports say why")

    private let runs = Tally(ended, beginning: [["complete"], ["incomplete"], ["failed"]])
    private let invoices = Tally(issued, beginning: [[]])
    private let leftOut = Tally(unbilled, beginning: [[]])

    package var families: [Family] { [runs.family, invoices.family, leftOut.family] }

    func counting(
        isDryRun: Bool, _ run: () async throws -> BillingReport
    ) async throws -> BillingReport {
        do {
            let report = try await run()
            if isDryRun { return report }
            runs.add(1, [report.failed.isEmpty ? "complete" : "incomplete"])
            invoices.add(report.invoices)
            leftOut.add(report.failed.count)
            return report
        } catch {
            if !isDryRun { runs.add(1, ["failed"]) }
            throw error
        }
    }
}
