import Foundation
import Kernel
import Web

/// What the script searches: a line for each operation, problem and guide.
struct SearchIndex {
    let chapters: [Chapter]
    let guides: [Guide]
    let problems: [DeclaredProblem]

    private struct Entry: Codable {
        let title: String
        /// What stands small beside it.
        let note: String
        let path: String
        /// What is searched beside title and note.
        let words: String
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }

    private var entries: [Entry] {
        let operations = chapters.flatMap(\.endpoints).map { endpoint in
            Entry(
                title: endpoint.about.summary, note: endpoint.route.description, path: endpoint.documentation,
                words: ([endpoint.about.name, endpoint.about.tag] + fields(endpoint)).joined(separator: " "))
        }
        let refusals = problems.map { declared in
            Entry(
                title: declared.problem.code, note: "problem, \(declared.problem.status)",
                path: declared.problem.documentation, words: declared.details.joined(separator: " "))
        }
        let texts = guides.flatMap { guide in
            [Entry(title: guide.title, note: "guide", path: guide.path, words: guide.summary)]
                + guide.headings.map {
                    Entry(title: $0.text, note: guide.title, path: "\(guide.path)#\($0.anchor)", words: "")
                }
        }
        return texts + operations + refusals
    }

    /// Names of fields, so that `vat_id` finds where it can be set.
    private func fields(_ endpoint: Endpoint) -> [String] {
        let rows = [endpoint.query, endpoint.body].compactMap { $0 }.flatMap { FieldList("", $0).rows }
        return Set(rows.map(\.field.name)).sorted()
    }
}
