import Foundation
import Kernel
import MPanelServer
import Reference
import TestKit
import Testing
import Web

/// The pages under /docs: complete, whole in themselves, and with examples that work.
@Suite("The documentation")
struct ReferenceTests {
    private static let pages = Result {
        try Installation.offline().reference.files.map { DocumentedPage($0) }
    }

    private func pages() throws -> [DocumentedPage] {
        try Self.pages.get().filter(\.isHTML)
    }

    @Test("shows every operation under its anchor, with everything that it takes and may refuse")
    func operations() throws {
        let pages = try pages()
        for endpoint in try Surface.endpoints() {
            let parts = endpoint.documentation.split(separator: "#")
            let page = try #require(pages.first { $0.path == parts[0] }, "\(endpoint.route)")
            let section = try #require(page.section(of: endpoint.about.name), "\(endpoint.route)")
            let fields = [endpoint.path, endpoint.query, endpoint.body, endpoint.output].compactMap { $0 }
                .flatMap { $0.fields.map(\.name) }
            let names =
                fields + endpoint.headers.map(\.name) + endpoint.problems.map(\.code)
                + [endpoint.permission?.name, endpoint.route.path].compactMap { $0 }
            for name in names where !section.contains("<code>\(name)</code>") {
                Issue.record("\(endpoint.route) without \(name)")
            }
        }
    }

    @Test("has an anchor for every code that any operation declares")
    func problems() throws {
        let page = try #require(try pages().first { $0.path == "/docs/problems" })
        let codes = Set(try Surface.endpoints().flatMap(\.problems).map(\.code))
        #expect(codes.count > 20)
        #expect(codes.union(["no_such_path", "method_not_allowed"]).subtracting(page.anchors) == [])
    }

    @Test("leads nowhere that is not there")
    func links() throws {
        let pages = try pages()
        let anchors = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0.anchors) })
        let files = Set(try Self.pages.get().map(\.path) + ["/v1/openapi.json"])
        for page in pages {
            #expect(page.targets.count > 20, "\(page.path)")
            for target in page.targets where !target.hasPrefix("https://") {
                let parts = target.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
                let path = parts[0].isEmpty ? page.path : parts[0]
                #expect(files.contains(path), "\(page.path) leads to \(target)")
                if parts.count > 1 {
                    #expect(anchors[path]?.contains(parts[1]) == true, "\(page.path) leads to \(target)")
                }
            }
        }
    }

    @Test("takes nothing from elsewhere, and has nothing inline that runs or paints")
    func nothingOutside() throws {
        for page in try pages() {
            #expect(
                page.resources == ["/docs/icon.svg", "/docs/reference.css", "/docs/reference.js"],
                "\(page.path)")
            #expect(
                page.text.firstMatch(of: /<style|<script(?! src)|\son[a-z]+=|\sstyle=|<img|<iframe/) == nil)
        }
    }

    @Test("gives each operation a request that its own rules let pass, and an answer that it could be")
    func examples() throws {
        let endpoints = try Surface.endpoints()
        for endpoint in endpoints {
            let page = try #require(try pages().first { endpoint.documentation.hasPrefix($0.path + "#") })
            let request = try #require(page.listing("Request: \(endpoint.about.summary)", by: endpoint))
            let commands = try CurlCommand.all(in: request)
            #expect(commands.count == 1, "\(endpoint.route)")
            for command in commands {
                #expect(command.defects([endpoint]) == [], "\(endpoint.route): \(request)")
                #expect((command.headers["Idempotency-Key"] != nil) == endpoint.isChange, "\(endpoint.route)")
            }
            guard let output = endpoint.output else { continue }
            let answer = try #require(page.listing("Answer: \(endpoint.about.summary)", by: endpoint))
            #expect(output.errors(in: try JSONValue(parsing: Data(answer.utf8))) == [], "\(endpoint.route)")
        }
    }

    @Test("has a page for each guide, whose requests are let pass or refused as it says")
    func guides() throws {
        let folder = TidyTree.root.appending(path: "docs/guides")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let names = files.map { $0.deletingPathExtension().lastPathComponent }
        let served = try pages().map(\.path).filter { $0.hasPrefix("/docs/guides/") }
        #expect(Set(served) == Set(names.map { "/docs/guides/\($0)" }))
        var count = 0
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for listing in text.matches(of: /```sh\n([\s\S]*?)```/) {
                for command in try CurlCommand.all(in: String(listing.1)) {
                    let defects = command.defects(try Surface.endpoints())
                    #expect(
                        defects.isEmpty == (command.answers != 422), "\(file.lastPathComponent): \(defects)")
                    count += 1
                }
            }
            for name in text.matches(of: /`((GET|POST|PUT|PATCH|DELETE) [^`]+)`/).map(\.1) {
                let routes = try Surface.endpoints().map(\.route.description)
                #expect(routes.contains(String(name)), "\(file.lastPathComponent) names \(name)")
            }
        }
        #expect(count > 7)
    }

    @Test("begins with calls that are let pass")
    func firstCalls() throws {
        let page = try #require(try pages().first { $0.path == "/docs" })
        let commands = try CurlCommand.all(in: try #require(page.listing("The first calls")))
        #expect(commands.map(\.path) == ["/v1/sign-ins", "/v1/invoices"])
        for command in commands { #expect(command.defects(try Surface.endpoints()) == []) }
    }

    @Test("finds operations, problems and guides by an index that leads to them")
    func index() throws {
        let file = try #require(try Self.pages.get().first { $0.path == "/docs/search.json" })
        let entries = try JSONValue(parsing: Data(file.text.utf8)).items
        let paths = Set(entries.compactMap { $0["path"].text })
        #expect(Set(try Surface.endpoints().map(\.documentation)).subtracting(paths) == [])
        #expect(paths.contains("/docs/problems#rate_limited") && paths.contains("/docs/guides/paging"))
        let byField = entries.filter { $0["words"].text?.contains("vat_id") == true }
        #expect(!byField.isEmpty)
    }

    @Test("is the same bytes from the same declarations")
    func deterministic() throws {
        let again = try Installation.offline().reference.files
        #expect(again.map(\.entityTag) == (try Self.pages.get().map(\.file.entityTag)))
        #expect(Set(again.map(\.entityTag)).count == again.count)
    }
}
