import Kernel
import Web

/// The page where a stranger begins.
struct Overview {
    let openAPI: OpenAPI
    let chapters: [Chapter]
    let guides: [Guide]

    private static let firstCalls = """
        API=http://127.0.0.1:8080
        TOKEN=$(curl -s "$API/v1/sign-ins" \\
          -H "Content-Type: application/json" \\
          -d '{"company": "nordhost", "email": "owner@nordhost.example", "password": "mpanel-demo"}' \\
          | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
        curl -s "$API/v1/invoices?limit=5" -H "Authorization: Bearer $TOKEN"
        """

    var page: ReferencePage {
        ReferencePage(
            title: "Overview", path: "/docs",
            body: [
                .element("h1", [:], "\(openAPI.title) API"),
                .element("p", ["class": "lead"], .text(openAPI.description)),
                .element(
                    "p", [:],
                    "Requests and answers are JSON with names in snake_case. The same declarations give ",
                    "this page and the ", .link("/v1/openapi.json", "OpenAPI document"),
                    ", from which clients can be generated."),
                .element("h2", ["id": "first-calls"], "The first calls"),
                .element(
                    "p", [:],
                    "With the demo companies that ", .code("make run"),
                    " loads; every example of this reference uses ",
                    .code("$API"), " and ", .code("$TOKEN"), "."),
                .listing("The first calls", Overview.firstCalls),
                .element("h2", ["id": "guides"], "Guides"),
                .element(
                    "ul", ["class": "cards"],
                    guides.map {
                        .element(
                            "li", [:], .link($0.path, .text($0.title)), .element("p", [:], .text($0.summary)))
                    }),
                .element("h2", ["id": "operations"], "Operations"),
            ] + chapters.map(operations))
    }

    private func operations(_ chapter: Chapter) -> HTML {
        .element(
            "section", [:], .element("h3", [:], .link(chapter.path, .text(chapter.title))),
            .element("ul", ["class": "operations"], chapter.endpoints.map(\.line)))
    }
}
