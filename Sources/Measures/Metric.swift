/// One thing that is measured, in Prometheus' words.
package struct Metric: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// Ends with its unit, a counter with `_total`.
    package let name: String
    package let kind: Kind
    /// One sentence without its full stop.
    package let help: String
    /// Never a tenant's id, nothing of a person, and nothing that callers can make up.
    package let labels: [String]

    package init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}

/// A metric's values at one moment: one for each combination of its labels' values.
package struct Family: Sendable {
    package enum Value: Sendable {
        case whole(Int64)
        case seconds(Double)
        case times(Buckets)
    }

    package let metric: Metric
    package let series: [(labels: [String], value: Value)]

    package init(_ metric: Metric, _ series: [(labels: [String], value: Value)]) {
        self.metric = metric
        self.series = series
    }

    /// A metric without labels.
    package init(_ metric: Metric, _ value: Value) {
        self.init(metric, [([], value)])
    }
}
