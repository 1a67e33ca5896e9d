import Kernel
import Web

/// All there is to say about one operation: what it takes, what it answers, what it may refuse.
struct OperationSection {
    let html: HTML

    init(_ endpoint: Endpoint) throws {
        let about = endpoint.about
        html = .element(
            "section", ["class": "operation", "aria-labelledby": about.name],
            .element(
                "div", ["class": "words"],
                .element(
                    "h2", ["id": about.name], .text(about.summary), " ",
                    .element(
                        "a",
                        [
                            "class": "anchor", "href": "#\(about.name)",
                            "aria-label": "Link to this operation",
                        ], "#")),
                .element(
                    "p", ["class": "route"], endpoint.method, " ", .code(endpoint.route.path)),
                about.deprecation.map { .element("p", ["class": "deprecated"], .prose($0.sentence)) }
                    ?? .nothing,
                about.details.map { .element("p", [:], .prose($0)) } ?? .nothing,
                OperationSection.facts(endpoint),
                FieldList("Headers", JSONSchema(.object(endpoint.headers))).html,
                FieldList("Path", endpoint.path).html,
                FieldList("Query", endpoint.query).html,
                endpoint.body.map { FieldList("Body", $0).html } ?? .nothing,
                OperationSection.answer(endpoint),
                OperationSection.refusals(endpoint)),
            .element("div", ["class": "examples"], try OperationSection.examples(endpoint)))
    }

    private static func facts(_ endpoint: Endpoint) -> HTML {
        func fact(_ name: HTML, _ value: HTML) -> HTML {
            .element("div", [:], .element("dt", [:], name), .element("dd", [:], value))
        }
        return .element(
            "dl", ["class": "facts"],
            fact("Operation", .code(endpoint.about.name)),
            fact(
                "Permission",
                endpoint.permission.map { .code($0.name) } ?? "none: answers without a token"),
            fact("Rate class", .link("/docs/guides/rate-limits", .code(endpoint.rate.rawValue))))
    }

    private static func answer(_ endpoint: Endpoint) -> HTML {
        guard let output = endpoint.output else {
            return .pieces([
                .element("h3", [:], "Answer"),
                .element("p", [:], .code("\(endpoint.status)"), " without a body."),
            ])
        }
        let fields = FieldList("Answer", output)
        return .pieces([
            .element("h3", [:], "Answer"),
            .element("p", [:], .code("\(endpoint.status)"), " with JSON, as the example shows."),
            fields.rows.isEmpty
                ? .nothing
                : .element(
                    "details", [:], .element("summary", [:], "Fields of the answer"), fields.list),
        ])
    }

    private static func refusals(_ endpoint: Endpoint) -> HTML {
        let problems = Dictionary(endpoint.problems.map { ($0.code, $0) }) { first, _ in first }.values
            .sorted { ($0.status, $0.code) < ($1.status, $1.code) }
        return .element(
            "details", ["class": "problems"],
            .element("summary", [:], "Problems it may answer (\("\(problems.count)"))"),
            .element(
                "ul", [:],
                problems.map { problem in
                    .element(
                        "li", [:], .element("span", ["class": "status"], "\(problem.status)"), " ",
                        .link(problem.documentation, .code(problem.code)), " ",
                        .element("span", ["class": "meaning"], .prose(problem.detail)))
                }))
    }

    private static func examples(_ endpoint: Endpoint) throws -> [HTML] {
        let request = HTML.pieces([
            .element("h3", [:], "Example"),
            .listing("Request: \(endpoint.about.summary)", RequestExample(endpoint).curl),
        ])
        guard let output = endpoint.output else { return [request] }
        let json = ExampleText.json(output.sample(full: true), output)
        return [
            request, .element("h3", [:], "Answer ", .code("\(endpoint.status)")),
            .listing("Answer: \(endpoint.about.summary)", json),
        ]
    }
}
