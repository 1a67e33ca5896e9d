import HTTPTypes
import Kernel
import Testing
import Web

@Suite("A request from a page of another origin")
struct CrossOriginTests {
    private static let portal = "https://portal.example.com"
    private static let added = [
        "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Access-Control-Max-Age", "Access-Control-Allow-Credentials",
    ]

    /// Toy's company allows the portal, and so a preflight, which may be for it; the host's company does not.
    private static func allow(_ origin: Origin, _ audience: OriginAudience) async throws -> Bool {
        guard origin.text == portal else { return false }
        return switch audience {
        case .tenant(let tenant): tenant == Toy.tenant
        case .host: false
        case .preflight(let host): host?.text == "localhost"
        }
    }

    private func send(
        _ uri: String = "/v1/toys", from origin: String? = portal, as role: String? = "owner",
        allow: @escaping API.AllowOrigin = CrossOriginTests.allow
    ) async throws -> Exchange {
        var headers = HTTPFields()
        headers[.origin] = origin
        headers[.authorization] = role.map { "Bearer \($0)" }
        return try await Exchange.send(.get, uri, headers: headers, api: Toy.api(allowOrigin: allow))
    }

    private func preflight(
        _ uri: String = "/v1/toys", for method: String?, from origin: String = portal
    ) async throws -> Exchange {
        var headers: HTTPFields = [.origin: origin]
        headers[.accessControlRequestMethod] = method
        return try await Exchange.send(
            .options, uri, headers: headers, api: Toy.api(allowOrigin: CrossOriginTests.allow))
    }

    private func said(_ answer: Exchange) -> [String] {
        CrossOriginTests.added.filter { name in answer.headers.contains { $0.name.rawName == name } }
    }

    @Test("is answered so that the page may read it, with the headers that programs go by")
    func allowed() async throws {
        let answer = try await send()
        #expect(answer.status == 200)
        #expect(answer.headers[.accessControlAllowOrigin] == CrossOriginTests.portal)
        #expect(
            answer.headers[.accessControlExposeHeaders]
                == "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID, Idempotent-Replayed, "
                + "Deprecation, Sunset")
        #expect(answer.headers[.vary] == "Origin")
        #expect(said(answer).count == 2)
    }

    @Test("is refused so that the page may read why", arguments: ["/v1/toys?what=1", "/v1/failing"])
    func refusals(uri: String) async throws {
        let answer = try await send(uri)
        #expect(answer.status >= 400)
        #expect(answer.headers[.accessControlAllowOrigin] == CrossOriginTests.portal)
    }

    @Test("without a valid token goes by the host", arguments: [nil, "nobody"])
    func withoutToken(role: String?) async throws {
        let denied = try await send(as: role)
        #expect(denied.status == 401 && said(denied) == [])
        let host = try #require(HostName("localhost"))
        let allowed = try await send(as: role, allow: { $1 == .host(host) })
        #expect(allowed.status == 401)
        #expect(allowed.headers[.accessControlAllowOrigin] == CrossOriginTests.portal)
    }

    @Test(
        "of an origin that is not listed exactly is carried out, and shown to nobody",
        arguments: [
            "https://elsewhere.example", "https://portal.example.com.", "https://portal.example.com:443",
            "http://portal.example.com", "https://PORTAL.example.com", "https://portal.example.com/", "null",
            "*", "", "https://a.portal.example.com",
        ])
    func unlisted(origin: String) async throws {
        let answer = try await send(from: origin)
        #expect(answer.status == 200 && said(answer) == [])
        #expect(answer.headers[.vary] == "Origin")
        let asked = try await preflight(for: "GET", from: origin)
        #expect(asked.status == 405 && said(asked) == [])
    }

    @Test("when there is none, nothing is added")
    func sameOrigin() async throws {
        let with = try await send()
        let without = try await send(from: nil)
        #expect(said(without) == [] && without.headers[.vary] == nil)
        #expect(without.text == with.text)
        #expect(without.headers.count == with.headers.count - 3)
    }

    @Test("is agreed to beforehand for the methods of its path")
    func preflights() async throws {
        for method in ["GET", "POST"] {
            let answer = try await preflight(for: method)
            #expect(answer.status == 204 && answer.text.isEmpty)
            #expect(answer.headers[.accessControlAllowOrigin] == CrossOriginTests.portal)
            #expect(answer.headers[.accessControlAllowMethods] == "GET, HEAD, POST")
            #expect(
                answer.headers[.accessControlAllowHeaders]
                    == "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-ID")
            #expect(answer.headers[.accessControlMaxAge] == "600")
            #expect(answer.headers[.vary] == "Origin")
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
        }
        #expect(try await preflight(for: "DELETE").status == 405)
        #expect(try await preflight("/v1/nothing", for: "GET").status == 404)
        #expect(try await preflight(for: nil).status == 405, "no method is asked for")
    }

    @Test("is not shown when it cannot be found out whether it may be")
    func failing() async throws {
        let answer = try await send(allow: { _, _ in throw SecretError() })
        #expect(answer.status == 200 && said(answer) == [])
    }
}
