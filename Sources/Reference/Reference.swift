import Crypto
import Foundation
import Kernel
package import Web

/// The front door of the documentation: the API reference and the guides as pages, made of the declarations
/// that answer. Made once at start; the same declarations give the same bytes.
package struct Reference: Sendable {
    /// Everything under `/docs`.
    package let files: [StaticFile]

    /// Throws when a page cannot be made: an example that cannot be written, a guide with an unknown mark-up.
    package init(_ openAPI: OpenAPI, of endpoints: [Endpoint]) throws {
        let chapters = Chapter.all(of: endpoints)
        let problems = DeclaredProblem.all(of: endpoints)
        let guides = try Guide.all(names: Names(endpoints, problems))
        let frame = Frame(title: openAPI.title, chapters: chapters, guides: guides)
        var pages = [("/docs", Overview(openAPI: openAPI, chapters: chapters, guides: guides).page)]
        pages.append(("/docs/problems", ProblemList(problems: problems).page))
        pages += guides.map { ($0.path, $0.page) }
        pages += try chapters.map { ($0.path, try $0.page()) }
        files =
            pages.map { Reference.file($0, "text/html; charset=utf-8", frame.document($1).markup) }
            + [
                Reference.file(
                    "/docs/search.json", "application/json",
                    try SearchIndex(chapters: chapters, guides: guides, problems: problems).json()),
                Reference.file("/docs/reference.css", "text/css; charset=utf-8", Asset.style),
                Reference.file("/docs/reference.js", "text/javascript; charset=utf-8", Asset.script),
                Reference.file("/docs/icon.svg", "image/svg+xml", Asset.icon),
            ]
    }

    private static func file(_ path: String, _ contentType: String, _ text: String) -> StaticFile {
        let bytes = Data(text.utf8)
        let digest = Data(SHA256.hash(data: bytes)).prefix(12).base64EncodedString()
        return StaticFile(path: path, contentType: contentType, bytes: bytes, entityTag: "\"\(digest)\"")
    }
}

/// What does not come from declarations.
private enum Asset {
    static let style = String(decoding: PackageResources.reference_css, as: UTF8.self)
    static let script = String(decoding: PackageResources.reference_js, as: UTF8.self)
    static let icon = String(decoding: PackageResources.icon_svg, as: UTF8.self)
}

/// What a page says, without the frame around it.
struct ReferencePage {
    let title: String
    /// The item of the contents that this page is.
    let path: String
    let body: [HTML]
}
