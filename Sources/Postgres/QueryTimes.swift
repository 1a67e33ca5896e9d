package import Measures
import Synchronization

/// How long round trips to PostgreSQL took, by the statement that was the last of each: what goes with it is
/// mostly its transaction's beginning.
package final class QueryTimes: Sendable {
    private struct State {
        /// By the statement's text, which only the program's source makes.
        var labels: [String: String] = [:]
        var series: [String: Buckets] = [:]
    }

    /// Filters and sort orders make many texts of one statement; one more is looked at anew each time.
    private static let textLimit = 5000
    private static let labelLimit = 300

    private let state = Mutex(State())

    package init() {}

    func note(_ duration: Duration, _ text: String) {
        state.withLock { state in
            let label = state.labels[text] ?? QueryTimes.label(of: text)
            if state.labels.count < QueryTimes.textLimit { state.labels[text] = label }
            let isKnown = state.series[label] != nil || state.series.count < QueryTimes.labelLimit
            state.series[isKnown ? label : "other", default: Buckets()].add(duration)
        }
    }

    package var series: [(statement: String, times: Buckets)] {
        state.withLock { $0.series.map { ($0.key, $0.value) } }
    }

    /// What a statement does to which table, `UPDATE jobs`: the first table that it writes, or else reads.
    static func label(of text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        for (place, word) in words.enumerated() {
            let following = words.dropFirst(place + 1)
            switch word {
            case "INSERT", "DELETE":
                // INTO, FROM
                if let table = name(following.dropFirst().first) { return "\(word) \(table)" }
            case "UPDATE" where place == 0 || !["FOR", "KEY", "DO"].contains(words[place - 1]):
                if let table = name(following.first) { return "UPDATE \(table)" }
            default: continue
            }
        }
        for (place, word) in words.enumerated() where word == "FROM" {
            if let table = name(words.dropFirst(place + 1).first) { return "SELECT \(table)" }
        }
        return words.first.map(String.init) ?? "none"
    }

    private static func name(_ word: Substring?) -> Substring? {
        guard let word else { return nil }
        let name = word.prefix { $0 == "_" || $0.isASCII && $0.isLowercase }
        return name.isEmpty || name.count < word.count && word.dropFirst(name.count).first == "(" ? nil : name
    }
}
