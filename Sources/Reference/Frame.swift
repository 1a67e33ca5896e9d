import Web

/// What stands around every page: head, search, contents.
struct Frame {
    let title: String
    let chapters: [Chapter]
    let guides: [Guide]

    func document(_ page: ReferencePage) -> HTML {
        .document(
            .element(
                "html", ["lang": "en"], head(page), .element("body", [:], top, main(page), contents(page))))
    }

    private func head(_ page: ReferencePage) -> HTML {
        .element(
            "head", [:],
            .element("meta", ["charset": "utf-8"]),
            .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .element("meta", ["name": "color-scheme", "content": "light dark"]),
            .element("title", [:], "\(page.title) · \(title) API"),
            .element("link", ["rel": "icon", "href": "/docs/icon.svg", "type": "image/svg+xml"]),
            .element("link", ["rel": "stylesheet", "href": "/docs/reference.css"]),
            .element("script", ["src": "/docs/reference.js", "defer": ""]))
    }

    private var top: HTML {
        .element(
            "header", ["class": "top"],
            .element("a", ["class": "skip", "href": "#main"], "Skip to the text"),
            .element("a", ["class": "home", "href": "/docs"], "\(title) ", .element("span", [:], "API")),
            search,
            .element("a", ["class": "to-contents", "href": "#contents"], "Contents"))
    }

    /// Hidden until the script is there, without which it could do nothing.
    private var search: HTML {
        .element(
            "div", ["class": "search", "role": "search", "hidden": ""],
            .element("label", ["for": "search", "class": "unseen"], "Search the documentation"),
            .element(
                "input",
                [
                    "id": "search", "type": "search", "role": "combobox", "placeholder": "Search",
                    "autocomplete": "off",
                    "spellcheck": "false", "aria-expanded": "false", "aria-controls": "found",
                    "aria-autocomplete": "list", "aria-keyshortcuts": "/",
                ]),
            .element("kbd", ["aria-hidden": "true"], "/"),
            .element("ul", ["id": "found", "role": "listbox", "aria-label": "Found", "hidden": ""]),
            .element("p", ["id": "count", "class": "unseen", "role": "status"]))
    }

    private func main(_ page: ReferencePage) -> HTML {
        .element("main", ["id": "main", "tabindex": "-1"], page.body)
    }

    /// Behind the text, so that on a phone the text comes first; wider screens have it beside.
    private func contents(_ page: ReferencePage) -> HTML {
        func item(_ path: String, _ title: String, _ inner: HTML = .nothing) -> HTML {
            let isHere = path == page.path
            let link: HTML =
                isHere
                ? .element("a", ["href": path, "aria-current": "page"], .text(title))
                : .link(path, .text(title))
            return .element("li", [:], link, isHere ? inner : .nothing)
        }
        return .element(
            "nav", ["id": "contents", "aria-label": "Contents"],
            .element("ul", [:], item("/docs", "Overview"), item("/docs/problems", "Problems")),
            .element("h2", [:], "Guides"),
            .element("ul", [:], guides.map { item($0.path, $0.title) }),
            .element("h2", [:], "Reference"),
            .element(
                "ul", [:],
                chapters.map { chapter in
                    item(
                        chapter.path, chapter.title,
                        .element(
                            "ul", [:],
                            chapter.endpoints.map { endpoint in
                                .element(
                                    "li", [:], .link("#\(endpoint.about.name)", .text(endpoint.about.summary))
                                )
                            }))
                }))
    }
}
