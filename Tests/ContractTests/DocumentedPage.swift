import Foundation
import Web

/// A page of the documentation as a reader's program sees it.
struct DocumentedPage: Sendable {
    let file: StaticFile
    let text: String

    init(_ file: StaticFile) {
        self.file = file
        text = String(decoding: file.bytes, as: UTF8.self)
    }

    var path: String { file.path }
    var isHTML: Bool { file.contentType.hasPrefix("text/html") }

    var anchors: Set<String> { Set(text.matches(of: #/ id="([^"]+)"/#).map { String($0.1) }) }

    /// Where links lead.
    var targets: [String] { text.matches(of: /<a [^>]*href="([^"]+)"/).map { String($0.1) } }

    /// What a browser fetches for the page.
    var resources: [String] {
        text.matches(of: /<(link|script|img) [^>]*(href|src)="([^"]+)"/).map { String($0.3) }
    }

    /// All of one operation.
    func section(of name: String) -> Substring? {
        guard let begin = text.range(of: "<section class=\"operation\" aria-labelledby=\"\(name)\">") else {
            return nil
        }
        let end = text.range(of: "</section>", range: begin.upperBound..<text.endIndex)
        return text[begin.upperBound..<(end?.lowerBound ?? text.endIndex)]
    }

    /// What stands in a listing, as it is read and copied.
    func listing(_ label: String, by endpoint: Endpoint? = nil) -> String? {
        let text = endpoint.map { section(of: $0.about.name).map(String.init) ?? "" } ?? text
        guard let begin = text.range(of: "aria-label=\"\(label.escaped)\"><code>"),
            let end = text.range(of: "</code></pre>", range: begin.upperBound..<text.endIndex)
        else { return nil }
        return String(text[begin.upperBound..<end.lowerBound]).unescaped
    }
}

extension String {
    private static let escapes = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
    ]

    fileprivate var escaped: String {
        String.escapes.reversed().reduce(self) { $0.replacing($1.1, with: $1.0) }
    }

    fileprivate var unescaped: String {
        String.escapes.reduce(self) { $0.replacing($1.0, with: $1.1) }
    }
}
