/// A piece of an HTML document. Text becomes part of it only escaped, and names of elements and attributes
/// can only be literals of this target, so no declaration can break out of its page.
struct HTML: Sendable {
    let markup: String

    private init(markup: String) {
        self.markup = markup
    }

    /// Text as it is read, whatever it holds.
    static func text(_ text: String) -> HTML {
        HTML(markup: escaped(text))
    }

    /// Pieces one after another.
    static func pieces(_ pieces: [HTML]) -> HTML {
        HTML(markup: pieces.map(\.markup).joined())
    }

    static let nothing = HTML(markup: "")

    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: HTML...
    ) -> HTML {
        element(name, attributes, children)
    }

    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: [HTML]
    ) -> HTML {
        var markup = "<\(name)"
        for (key, value) in attributes { markup += " \(key)=\"\(escaped(value))\"" }
        markup += ">"
        if HTML.void.contains("\(name)") { return HTML(markup: markup) }
        return HTML(markup: markup + pieces(children).markup + "</\(name)>")
    }

    /// The whole document.
    static func document(_ root: HTML) -> HTML {
        HTML(markup: "<!doctype html>\n" + root.markup + "\n")
    }

    /// Elements that have no content and no end.
    private static let void: Set<String> = ["br", "input", "link", "meta"]

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

extension HTML: ExpressibleByStringInterpolation {
    init(stringLiteral text: String) {
        self = .text(text)
    }
}

extension HTML {
    static func code(_ text: String) -> HTML { element("code", [:], .text(text)) }

    static func link(_ target: String, _ children: HTML...) -> HTML {
        element("a", ["href": target], children)
    }

    /// Sentences of declarations, where names stand between backticks.
    static func prose(_ text: String) -> HTML {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return pieces(parts.enumerated().map { $0 % 2 == 1 ? .code(String($1)) : .text(String($1)) })
    }

    /// Something to be copied: focusable, so that the keyboard can scroll it where it is wide.
    static func listing(_ label: String, _ text: String) -> HTML {
        element(
            "pre", ["tabindex": "0", "role": "group", "aria-label": label], element("code", [:], .text(text))
        )
    }
}
