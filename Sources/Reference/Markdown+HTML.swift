/// Markdown as HTML. Names of the API, such as a problem's code, lead to where they are documented.
struct MarkdownPage {
    let names: Names

    func html(_ blocks: [Markdown.Block]) throws -> [HTML] {
        try blocks.map(html)
    }

    private func html(_ block: Markdown.Block) throws -> HTML {
        switch block {
        case .heading(1, let text): return .element("h1", [:], try inline(text))
        case .heading(2, let text): return .element("h2", ["id": Heading(text).anchor], try inline(text))
        case .heading(_, let text): return .element("h3", ["id": Heading(text).anchor], try inline(text))
        case .paragraph(let text): return .element("p", [:], try inline(text))
        case .list(true, let items):
            return .element("ol", [:], try items.map { .element("li", [:], try inline($0)) })
        case .list(false, let items):
            return .element("ul", [:], try items.map { .element("li", [:], try inline($0)) })
        case .listing(_, let text): return .listing("Example", text)
        case .table(let rows):
            let head = HTML.element(
                "tr", [:], try rows[0].map { .element("th", ["scope": "col"], try inline($0)) })
            let body = try rows.dropFirst().map { row in
                HTML.element("tr", [:], try row.map { .element("td", [:], try inline($0)) })
            }
            return .element(
                "div", ["class": "table", "tabindex": "0", "role": "group", "aria-label": "Table"],
                .element("table", [:], .element("thead", [:], head), .element("tbody", [:], body)))
        }
    }

    /// `code`, **bold** and [links](target).
    private func inline(_ text: String) throws -> HTML {
        var pieces: [HTML] = []
        var rest = text[...]
        while let mark = rest.firstIndex(where: { "`*[".contains($0) }) {
            pieces.append(.text(String(rest[..<mark])))
            rest = rest[mark...]
            if let found = rest.prefixMatch(of: /`([^`]+)`/) {
                pieces.append(code(String(found.1)))
                rest = rest[found.range.upperBound...]
            } else if let found = rest.prefixMatch(of: /\*\*([^*]+)\*\*/) {
                pieces.append(.element("strong", [:], try inline(String(found.1))))
                rest = rest[found.range.upperBound...]
            } else if let found = rest.prefixMatch(of: /\[([^\]]+)\]\(([^)]+)\)/) {
                pieces.append(.link(try target(String(found.2)), try inline(String(found.1))))
                rest = rest[found.range.upperBound...]
            } else {
                throw MarkdownError("\(rest.prefix(20)) means nothing here")
            }
        }
        return .pieces(pieces + [.text(String(rest))])
    }

    private func code(_ text: String) -> HTML {
        names.path(of: text).map { .link($0, .code(text)) } ?? .code(text)
    }

    /// Guides lead to guides, as files on GitHub and as pages here, or to the world; nothing else is served.
    private func target(_ target: String) throws -> String {
        if target.hasPrefix("https://") { return target }
        guard let found = target.wholeMatch(of: /([a-z-]+)\.md(#.*)?/) else {
            throw MarkdownError("a link to \(target), which is no guide")
        }
        return "/docs/guides/\(found.1)\(found.2 ?? "")"
    }
}

/// A heading and the anchor that GitHub gives it too.
struct Heading {
    let text: String

    init(_ text: String) {
        self.text = text.replacing("`", with: "")
    }

    var anchor: String {
        String(
            text.lowercased().replacing(" ", with: "-").filter {
                $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
            })
    }
}
