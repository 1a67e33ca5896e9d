import Kernel
import Web

/// One code that the API may answer, with everything that declares it.
struct DeclaredProblem {
    let problem: Problem
    /// The sentences under this code, which may differ in particulars.
    let details: [String]
    let endpoints: [Endpoint]

    /// Every code of these endpoints and of what is answered before one is known, by status and code.
    static func all(of endpoints: [Endpoint]) -> [DeclaredProblem] {
        let declared = endpoints.flatMap { endpoint in endpoint.problems.map { ($0, Optional(endpoint)) } }
        return Dictionary(
            grouping: declared + Problem.ofThePipeline.map { ($0, nil) }, by: { $0.0.code }
        ).values.map { found in
            DeclaredProblem(
                problem: found[0].0, details: Set(found.map(\.0.detail)).sorted(),
                endpoints: found.compactMap(\.1))
        }
        .sorted { ($0.problem.status, $0.problem.code) < ($1.problem.status, $1.problem.code) }
    }

    /// What a program does about an answer of this status, whatever the code.
    var advice: String {
        switch problem.status {
        case 400, 413, 415: "Mend the request; sent again as it is, it fails again."
        case 401: "Sign in, or refresh the access token, and send the request again."
        case 403: "Do not try again: somebody has to grant the permission first."
        case 404, 405: "Do not try again. What another company owns is answered as what does not exist."
        case 409:
            "Read the object again and decide anew; sent again as it is, the request fails again."
        case 412: "Read the object again, and repeat the change on the version that you then have."
        case 422 where problem.code == Problem.invalid.code:
            "Mend the fields that `errors` lists, each by its JSON pointer."
        case 422: "Send other values: as they are, the request means nothing that can be done."
        case 429: "Wait as many seconds as the header `Retry-After` says, then send the same request again."
        case 503:
            "Send the same request again after `Retry-After`, or else after a few seconds, each time later."
        default: "Try once more after a while. If it stays, report the `request_id` of the answer."
        }
    }
}

/// The page to which every problem's `type` leads.
struct ProblemList {
    let problems: [DeclaredProblem]

    var page: ReferencePage {
        let byStatus = Dictionary(grouping: problems, by: \.problem.status).sorted { $0.key < $1.key }
        let sections = byStatus.map { status, problems in
            HTML.element(
                "section", ["class": "status-group"],
                [.element("h2", ["id": "status-\(status)"], "Status \(status)")] + problems.map(section))
        }
        return ReferencePage(
            title: "Problems", path: "/docs/problems",
            body: [
                .element("h1", [:], "Problems"),
                .element(
                    "p", ["class": "lead"],
                    "What the API refuses, it refuses as ", .code("application/problem+json"),
                    ". Programs go by the ", .code("code"), ", which never changes; the guide on ",
                    .link("/docs/guides/errors", "errors"), " says how."),
            ] + sections)
    }

    private func section(_ declared: DeclaredProblem) -> HTML {
        let problem = declared.problem
        let names = Dictionary(declared.endpoints.map { ($0.about.name, $0) }) { first, _ in first }.values
            .sorted { $0.about.name < $1.about.name }
        return .element(
            "section", ["class": "problem", "aria-labelledby": problem.code],
            .element("h3", ["id": problem.code], .link("#\(problem.code)", .code(problem.code))),
            .pieces(declared.details.map { .element("p", [:], .prose($0)) }),
            .element(
                "p", ["class": "advice"], .element("strong", [:], "What to do: "), .prose(declared.advice)),
            names.isEmpty
                ? .element("p", ["class": "where"], "Answered before any operation is known.")
                : .element(
                    "details", [:],
                    .element("summary", [:], "Operations that may answer it (\("\(names.count)"))"),
                    .element(
                        "ul", ["class": "names"],
                        names.map { .element("li", [:], .link($0.documentation, .text($0.about.summary))) })))
    }
}
