import Foundation
import HTTPTypes
import Kernel
import Logging
import Testing
import Web

@Suite("Static files")
struct StaticFileTests {
    private func send(
        _ method: HTTPRequest.Method, _ uri: String = "/docs", headers: HTTPFields = [:]
    ) async throws -> Exchange {
        let file = StaticFile(
            path: "/docs", contentType: "text/html; charset=utf-8", bytes: Data("<p>Hello".utf8),
            entityTag: "\"one\"")
        let api = API(
            Toy.endpoints, files: [file], logger: LogLines().logger, carryOut: ToyShelf().carryOut
        ) { _, _ in
            throw Problem.unauthenticated
        }
        return try await Exchange.send(method, uri, headers: headers, api: api)
    }

    @Test("are served to everybody, whatever is asked of them, with their tag and a time to keep them")
    func served() async throws {
        for uri in ["/docs", "/docs?from=elsewhere"] {
            let answer = try await send(.get, uri)
            #expect(answer.status == 200 && answer.text == "<p>Hello")
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.eTag] == "\"one\"")
            #expect(answer.headers[.cacheControl] == "public, max-age=300")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test("may take style, script, index and icon from here and nothing else, while answers may take nothing")
    func policy() async throws {
        let policy = try await send(.get).headers[.contentSecurityPolicy]
        let parts = Set(policy?.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) } ?? [])
        #expect(
            parts == [
                "default-src 'none'", "style-src 'self'", "script-src 'self'", "connect-src 'self'",
                "img-src 'self'",
                "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
            ])
        let answer = try await send(.get, "/health/live")
        #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test("are not sent again to whom has them", arguments: ["\"one\"", "W/\"one\"", "\"x\", \"one\"", "*"])
    func known(tag: String) async throws {
        let answer = try await send(.get, headers: [.ifNoneMatch: tag])
        #expect(answer.status == 304 && answer.text.isEmpty)
        #expect(answer.headers[.eTag] == "\"one\"")
    }

    @Test("are sent to whom has another version", arguments: ["\"two\"", "one", "\"one", ""])
    func changed(tag: String) async throws {
        #expect(try await send(.get, headers: [.ifNoneMatch: tag]).status == 200)
    }

    @Test("answer HEAD without a body, and no other method")
    func methods() async throws {
        let head = try await send(.head)
        #expect(head.status == 200 && head.text.isEmpty)
        let post = try await send(.post)
        #expect(post.status == 405 && post.headers[.allow] == "GET, HEAD")
    }
}
