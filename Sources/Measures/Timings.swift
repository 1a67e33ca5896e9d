import Synchronization

/// A histogram for each combination of labels that occurred.
package final class Timings: Sendable {
    /// Where all that comes after `limit` different ones is counted.
    private static let other = "other"

    private let metric: Metric
    private let limit: Int
    private let series = Mutex<[[String]: Buckets]>([:])

    package init(_ metric: Metric, limit: Int = 1000) {
        self.metric = metric
        self.limit = limit
    }

    /// `labels` in the order of the metric's.
    package func note(_ duration: Duration, _ labels: [String]) {
        series.withLock { series in
            let isKnown = series[labels] != nil || series.count < limit
            let place = isKnown ? labels : labels.map { _ in Timings.other }
            series[place, default: Buckets()].add(duration)
        }
    }

    package var family: Family {
        Family(metric, series.withLock { $0.map { ($0.key, .times($0.value)) } })
    }
}

/// A count for each combination of labels that occurred. The labels come from closed lists.
package final class Tally: Sendable {
    private let metric: Metric
    private let counts: Mutex<[[String]: Int64]>

    /// What stands in `beginning` is shown as 0 before it occurs, so that its first occurrence is a rise.
    package init(_ metric: Metric, beginning: [[String]]) {
        self.metric = metric
        counts = Mutex(Dictionary(uniqueKeysWithValues: beginning.map { ($0, 0) }))
    }

    package func add(_ count: Int, _ labels: [String] = []) {
        counts.withLock { $0[labels, default: 0] &+= Int64(count) }
    }

    package var family: Family {
        Family(metric, counts.withLock { $0.map { ($0.key, .whole($0.value)) } })
    }
}
