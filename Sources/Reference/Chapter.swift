import Kernel
import Web

/// All operations of one tag: one page.
struct Chapter {
    let title: String
    /// By path, then method.
    let endpoints: [Endpoint]

    static func all(of endpoints: [Endpoint]) -> [Chapter] {
        Dictionary(grouping: endpoints, by: \.about.tag)
            .map { tag, endpoints in Chapter(title: tag, endpoints: endpoints.sorted(by: Chapter.comesFirst))
            }
            .sorted { $0.title < $1.title }
    }

    /// A collection before its objects; on one path what reads before what changes.
    private static func comesFirst(_ left: Endpoint, _ right: Endpoint) -> Bool {
        let order = Route.Method.allCases
        if left.route.path != right.route.path { return left.route.path < right.route.path }
        return order.firstIndex(of: left.route.method)! < order.firstIndex(of: right.route.method)!
    }

    var path: String {
        endpoints.first.map { String($0.documentation.prefix { $0 != "#" }) } ?? "/docs"
    }

    func page() throws -> ReferencePage {
        let list = HTML.element("ul", ["class": "operations"], endpoints.map { $0.line })
        let sections = try endpoints.map { try OperationSection($0).html }
        return ReferencePage(
            title: title, path: path, body: [.element("h1", [:], .text(title)), list] + sections)
    }
}

extension Endpoint {
    /// One line of a list of operations.
    var line: HTML {
        .element(
            "li", [:], .link(documentation, .text(about.summary)), " ",
            .element("code", ["class": "route"], method, .text(" " + route.path)))
    }

    /// The method, which the style colours.
    var method: HTML {
        .element(
            "span", ["class": "method \(route.method.rawValue.lowercased())"], .text(route.method.rawValue))
    }
}
