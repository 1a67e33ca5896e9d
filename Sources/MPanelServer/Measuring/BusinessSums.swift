import Invoicing
import Measures
import Platform

/// What one tenant has.
struct TenantFigures: Sendable {
    let isSandbox: Bool
    let jobs: [(kind: String, state: Job.State, count: Int)]
    let subscriptions: Int
    let quarantined: Int
    let receivables: [Receivables]

    func add(to sums: inout BusinessSums, kinds: Set<String>) {
        sums.tenants[isSandbox ? "sandbox" : "live", default: 0] += 1
        for job in jobs {
            // A newer server's kind, or an older one's, is not worth a series.
            let kind = kinds.contains(job.kind) ? job.kind : "other"
            sums.jobs[[kind, job.state.rawValue], default: 0] += Int64(job.count)
        }
        if isSandbox { return }
        sums.subscriptions += Int64(subscriptions)
        sums.quarantined += Int64(quarantined)
        for owed in receivables {
            sums.add(Int64(owed.openInvoices), owed.openMinor, [owed.currency, "open"])
            sums.add(Int64(owed.overdueInvoices), owed.overdueMinor, [owed.currency, "overdue"])
        }
    }
}

/// The same of all tenants together.
struct BusinessSums: Sendable {
    var tenants: [String: Int64] = ["live": 0, "sandbox": 0]
    var jobs: [[String]: Int64] = [:]
    var subscriptions: Int64 = 0
    var quarantined: Int64 = 0
    private var invoices: [[String]: Int64] = [:]
    private var amountsMinor: [[String]: Int64] = [:]

    mutating func add(_ count: Int64, _ amountMinor: Int64, _ labels: [String]) {
        invoices[labels, default: 0] += count
        let (sum, overflow) = amountsMinor[labels, default: 0].addingReportingOverflow(amountMinor)
        amountsMinor[labels] = overflow ? .max : sum
    }

    var families: [Family] {
        [
            Family(GaugeMetric.tenants, tenants.map { ([$0.key], .whole($0.value)) }),
            Family(GaugeMetric.jobKinds, jobs.map { ($0.key, .whole($0.value)) }),
            Family(GaugeMetric.subscriptions, .whole(subscriptions)),
            Family(GaugeMetric.quarantined, .whole(quarantined)),
            Family(GaugeMetric.invoices, invoices.map { ($0.key, .whole($0.value)) }),
            Family(GaugeMetric.amounts, amountsMinor.map { ($0.key, .whole($0.value)) }),
        ]
    }
}

enum GaugeMetric {
    static let all = [
        age, jobs, jobAge, jobKinds, owed, eventAge, tenants, subscriptions, quarantined, invoices, amounts,
    ]

    static let age = Metric(
        "mpanel_figures_age_seconds", .gauge, "How old the figures are that are gathered in the background",
        labels: ["figures"])
    static let jobs = Metric("mpanel_jobs", .gauge, "Jobs, by state", labels: ["state"])
    static let jobAge = Metric(
        "mpanel_jobs_oldest_due_seconds", .gauge, "How long the job has been due that waits longest")
    static let jobKinds = Metric(
        "mpanel_jobs_by_kind", .gauge, "Jobs, by kind and state", labels: ["kind", "state"])
    static let owed = Metric(
        "mpanel_events_owed", .gauge, "Events that are not delivered, by subscriber", labels: ["subscriber"])
    static let eventAge = Metric(
        "mpanel_events_oldest_owed_seconds", .gauge, "How old the oldest event is that is not delivered")
    static let tenants = Metric("mpanel_tenants", .gauge, "Companies on this installation", labels: ["kind"])
    static let subscriptions = Metric("mpanel_subscriptions_active", .gauge, "Active subscriptions")
    static let quarantined = Metric(
        "mpanel_items_quarantined", .gauge, "Items that could not be billed and wait for a person")
    static let invoices = Metric(
        "mpanel_invoices", .gauge, "Invoices that are not settled, and those of them past their due day",
        labels: ["currency", "state"])
    static let amounts = Metric(
        "mpanel_invoices_minor_units", .gauge, "What is owed on those invoices, in the currency's minor unit",
        labels: ["currency", "state"])
}
