import Hummingbird
import Logging
package import Measures
import ServiceLifecycle
import Subscriptions
import Web

extension Installation {
    /// Every metric that this program has. docs/operations/metrics.md lists the same.
    package static let metrics: [Metric] =
        [API.requestMetric] + StoreMetric.all + GaugeMetric.all + BillingCounts.metrics
        + ProcessFigures.metrics

    fileprivate func families(_ gauges: Gauges, _ requests: Timings?) -> [Family] {
        (requests.map { [$0.family] } ?? []) + storeFamilies() + gauges.families
            + subscriptions.billing.counts.families + ProcessFigures.families()
    }
}

extension Session {
    /// What MPANEL_METRICS_PORT asks for: the page, and who gathers what stands on it.
    func measuring(_ requests: Timings? = nil) -> [any Service] {
        guard let port = settings.metricsPort else { return [] }
        let gauges = Gauges(installation)
        let page = MetricsPage { [installation] in installation.families(gauges, requests) }
        logger.info("metrics", metadata: ["address": "http://\(settings.metricsHost):\(port)/metrics"])
        return [
            gauges, page.application(on: .hostname(settings.metricsHost, port: port), logger: logger),
        ]
    }
}
