/// Prometheus' text format 0.0.4.
package enum Exposition {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Families in the order of their names, series in that of their labels, so that two pages can be
    /// compared.
    package static func text(_ families: [Family]) -> String {
        var text = ""
        for family in families.sorted(by: { $0.metric.name < $1.metric.name }) where !family.series.isEmpty {
            let name = family.metric.name
            text += "# HELP \(name) \(family.metric.help)\n# TYPE \(name) \(family.metric.kind.rawValue)\n"
            for (values, value) in family.series.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }
            ) {
                append(value, of: name, Array(zip(family.metric.labels, values)), to: &text)
            }
        }
        return text
    }

    private static func append(
        _ value: Family.Value, of name: String, _ labels: [(String, String)], to text: inout String
    ) {
        switch value {
        case .whole(let number): text += "\(name)\(set(labels)) \(number)\n"
        case .seconds(let seconds): text += "\(name)\(set(labels)) \(seconds)\n"
        case .times(let buckets):
            var sum = 0
            let bounds = Buckets.bounds.map { "\($0)" } + ["+Inf"]
            for (bound, count) in zip(bounds, buckets.counts) {
                sum += count
                text += "\(name)_bucket\(set(labels + [("le", bound)])) \(sum)\n"
            }
            text += "\(name)_sum\(set(labels)) \(buckets.seconds)\n\(name)_count\(set(labels)) \(sum)\n"
        }
    }

    private static func set(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
