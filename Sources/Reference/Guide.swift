import Kernel
import Web

/// A text of docs/guides, as a page.
struct Guide {
    let path: String
    let title: String
    /// Its first paragraph, without mark-up.
    let summary: String
    let headings: [Heading]
    let page: ReferencePage

    /// Every guide there is, in the order in which a stranger reads them.
    static func all(names: Names) throws -> [Guide] {
        try [
            ("authentication", PackageResources.authentication_md), ("errors", PackageResources.errors_md),
            ("idempotency", PackageResources.idempotency_md), ("paging", PackageResources.paging_md),
            ("rate-limits", PackageResources.rate_limits_md), ("versioning", PackageResources.versioning_md),
            ("policies", PackageResources.policies_md), ("catalogue", PackageResources.catalogue_md),
            ("prices", PackageResources.prices_md), ("tax", PackageResources.tax_md),
            ("changes", PackageResources.changes_md), ("renewals", PackageResources.renewals_md),
            ("discounts", PackageResources.discounts_md), ("invoices", PackageResources.invoices_md),
            ("explanations", PackageResources.explanations_md),
            ("quarantine", PackageResources.quarantine_md),
            ("calculations", PackageResources.calculations_md), ("audit", PackageResources.audit_md),
        ].map { try Guide($0, String(decoding: $1, as: UTF8.self), names: names) }
    }

    /// Throws `MarkdownError`.
    init(_ name: String, _ text: String, names: Names) throws {
        let blocks = try Markdown(text).blocks
        guard blocks.count > 1, case .heading(1, let title) = blocks[0], case .paragraph(let lead) = blocks[1]
        else { throw MarkdownError("the guide \(name) does not begin with a title and a paragraph") }
        self.title = title
        path = "/docs/guides/\(name)"
        summary = lead.replacing(/\[([^\]]+)\]\([^)]+\)/) { $0.output.1 }.filter { !"`*".contains($0) }
        headings = blocks.compactMap { if case .heading(2, let text) = $0 { Heading(text) } else { nil } }
        page = ReferencePage(title: title, path: path, body: try MarkdownPage(names: names).html(blocks))
    }
}

/// Names of the API and where they are documented: codes of problems, and operations as `GET /v1/products`.
struct Names: Sendable {
    private let paths: [String: String]

    init(_ endpoints: [Endpoint], _ problems: [DeclaredProblem]) {
        paths = Dictionary(
            endpoints.map { ($0.route.description, $0.documentation) }
                + problems.map { ($0.problem.code, $0.problem.documentation) }
        ) { first, _ in first }
    }

    func path(of name: String) -> String? {
        paths[name]
    }
}
