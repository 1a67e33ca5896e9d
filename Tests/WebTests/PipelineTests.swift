import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Testing
import Web

@Suite("The way of a request")
struct PipelineTests {
    @Test("an answer has snake_case names, an instant in UTC, and leaves absent fields out")
    func answer() async throws {
        let answer = try await Exchange.send(.get, "/v1/toys/\(Toy.id)")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(
            answer.text
                == #"{"id":"\#(Toy.id)","made_at":"1970-01-01T00:00:00Z","name":"Bear","state":"on_sale"}"#)
    }

    @Test(
        "without valid credentials every endpoint but the public ones is 401",
        arguments: [
            nil, "", "Bearer", "Bearer ", "Basic b3duZXI=", "owner", "Bearer nobody", "Bearer a b",
            "Bearer ö",
        ])
    func unauthenticated(header: String?) async throws {
        var headers = HTTPFields()
        headers[.authorization] = header
        for endpoint in Toy.endpoints where endpoint.permission != nil {
            let uri = endpoint.route.path.replacing("{id}", with: "\(Toy.id)")
            let method = try #require(HTTPRequest.Method(endpoint.route.method.rawValue))
            let answer = try await Exchange.send(method, uri, headers: headers)
            #expect(answer.status == 401, "\(endpoint.route)")
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test("the scheme's name is read in any case")
    func scheme() async throws {
        #expect(
            try await Exchange.send(.get, "/v1/toys", headers: [.authorization: "bearer owner"]).status == 200
        )
    }

    @Test("without the permission the answer is 403, names it, and comes before the body is looked at")
    func forbidden() async throws {
        let answer = try await Exchange.send(.post, "/v1/toys", body: "{", headers: Exchange.asReader)
        #expect(answer.status == 403)
        #expect(answer.code == "forbidden")
        #expect(answer.text.contains("toys.write"))
    }

    @Test(
        "a path that names nothing is 404",
        arguments: [
            "/", "/v1", "/v2/toys", "/v1/toys/x/y", "/v1/toys/7", "/v1/toys/inv_01h455vb4pex5vsknk084sn02q",
            "/v1/toys/%ff", "/v1/toys/%zz", "/v1/toys/prd_01h455vb4pex5vsknk084sn02r", "/V1/TOYS",
        ])
    func notFound(path: String) async throws {
        let answer = try await Exchange.send(.get, path)
        #expect(answer.status == 404)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer["request_id"] != nil)
    }

    @Test("a percent-encoded path names the same object")
    func encodedPath() async throws {
        let path = "/v1/toys/\(Toy.id)".replacing("prd_", with: "prd%5F")
        #expect(try await Exchange.send(.get, path).status == 200)
    }

    @Test("a known path with another method is 405 and says which go")
    func methodNotAllowed() async throws {
        let answer = try await Exchange.send(.put, "/v1/toys/\(Toy.id)", body: "{}", headers: [:])
        #expect(answer.status == 405)
        #expect(answer.code == "method_not_allowed")
        #expect(answer.headers[.allow] == "DELETE, GET, HEAD, PATCH")
        #expect(try await Exchange.send(.head, "/v1/sign-ins").headers[.allow] == "POST")
        let query = try #require(HTTPRequest.Method("QUERY"))
        #expect(try await Exchange.send(query, "/v1/sign-ins").headers[.allow] == "POST")
    }

    @Test("HEAD answers like GET, without a body")
    func head() async throws {
        let get = try await Exchange.send(.get, "/v1/toys")
        let head = try await Exchange.send(.head, "/v1/toys")
        #expect(head.status == 200)
        #expect(head.text.isEmpty)
        #expect(head.headers[.contentLength] == "\(get.text.utf8.count)")
        #expect(try await Exchange.send(.head, "/v1/toys", headers: [:]).status == 401)
    }

    @Test("a deletion answers 204 with no body and no type")
    func noContent() async throws {
        let answer = try await Exchange.send(.delete, "/v1/toys/\(Toy.id)")
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
        #expect(answer.headers[.contentType] == nil)
    }

    @Test("a problem has every member of RFC 9457 and ours")
    func problem() async throws {
        let answer = try await Exchange.send(
            .get, "/v1/toys/7", headers: [.authorization: "Bearer owner", .requestID: "abc"])
        #expect(
            answer.json == [
                "type": "/docs/problems#not_found", "title": "Not found", "status": 404, "code": "not_found",
                "detail": "There is no such object.", "request_id": "abc",
            ])
    }

    @Test(
        "an unexpected error is a 500 that tells nothing, and a log line with its type only",
        arguments: ["/v1/failing", "/v1/unwritable"])
    func internalError(path: String) async throws {
        let log = LogLines()
        let answer = try await Exchange.send(.get, path, api: Toy.api(log: log))
        #expect(answer.status == 500)
        #expect(answer.code == "internal")
        #expect(!answer.text.contains("hunter2"))
        #expect(log.all.contains { $0.contains(#""level":"error""#) && $0.contains("Error") })
        #expect(!log.all.joined().contains("hunter2"))
    }

    @Test("what is safe to log of an error is decided by the settings")
    func errorDetail() async throws {
        var settings = API.Settings()
        settings.errorDetail = { $0 is SecretError ? "secret" : nil }
        let log = LogLines()
        let answer = try await Exchange.send(.get, "/v1/failing", api: Toy.api(settings, log: log))
        #expect(log.all.contains { $0.contains(#""error_detail":"secret""#) })
        #expect(!answer.text.contains("secret"))
    }

    @Test("a handler beyond the time limit is cancelled and answered with 503")
    func timeLimit() async throws {
        var settings = API.Settings()
        settings.timeLimit = .milliseconds(20)
        let answer = try await Exchange.send(.get, "/v1/slow", api: Toy.api(settings))
        #expect(answer.status == 503)
        #expect(answer.code == "timed_out")
    }

    @Test(
        "a harmless request id is taken over, any other replaced",
        arguments: [
            ("abc-1._Z", true), (String(repeating: "a", count: 64), true),
            (String(repeating: "a", count: 65), false),
            ("a b", false), ("a\"b", false), ("", false), ("ä", false),
        ])
    func requestID(id: String, isKept: Bool) async throws {
        let log = LogLines()
        let answer = try await Exchange.send(
            .get, "/health/live", headers: [.requestID: id], api: Toy.api(log: log))
        let given = try #require(answer.headers[.requestID])
        #expect((given == id) == isKept)
        #expect(given.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) != nil)
        #expect(log.all.count == 1)
        #expect(log.all[0].contains("\"request_id\":\"\(given)\""))
    }

    @Test("two requests without an id get different ones, in problems too")
    func newRequestIDs() async throws {
        let first = try await Exchange.send(.get, "/nowhere")
        let second = try await Exchange.send(.get, "/nowhere")
        #expect(first["request_id"] == first.headers[.requestID].map { .string($0) })
        #expect(first["request_id"] != second["request_id"])
    }

    @Test("the access log has the route's template and the tenant, never the path or the query")
    func accessLog() async throws {
        let log = LogLines()
        _ = try await Exchange.send(.get, "/v1/toys/\(Toy.id)?secret=hunter2", api: Toy.api(log: log))
        _ = try await Exchange.send(.get, "/hunter2", api: Toy.api(log: log))
        #expect(log.all.count == 2)
        let line = try JSONDecoder().decode(JSONValue.self, from: Data(log.all[0].utf8))
        guard case .object(let fields) = line else { throw Problem.invalid }
        #expect(fields["route"] == "/v1/toys/{id}")
        #expect(fields["method"] == "GET")
        #expect(fields["status"] == 422)
        #expect(fields["tenant"] == .string("\(Toy.tenant)"))
        #expect(fields["message"] == "request")
        #expect(fields["level"] == "info")
        guard case .integer(let duration) = fields["duration_us"] else { throw Problem.invalid }
        #expect(duration >= 0)
        #expect(log.all[1].contains(#""route":"unmatched""#))
        #expect(!log.all.joined().contains("hunter2"))
        #expect(!log.all.joined().contains("hb.request.id"))
    }

    @Test(
        "every answer carries the security headers, problems included", arguments: ["/v1/toys", "/nowhere"])
    func securityHeaders(path: String) async throws {
        var settings = API.Settings()
        let plain = try await Exchange.send(.get, path, api: Toy.api(settings))
        #expect(plain.headers[.xContentTypeOptions] == "nosniff")
        #expect(plain.headers[.cacheControl] == "no-store")
        #expect(plain.headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
        #expect(plain.headers[.referrerPolicy] == "no-referrer")
        #expect(plain.headers[.strictTransportSecurity] == nil)
        #expect(plain.headers[.server] == nil)
        settings.isBehindTLS = true
        let secure = try await Exchange.send(.get, path, api: Toy.api(settings))
        #expect(secure.headers[.strictTransportSecurity] == "max-age=31536000; includeSubDomains")
    }

    @Test("a real server answers over a socket: host, client address, limit and order of two requests")
    func live() async throws {
        let application = Toy.api().application(on: .hostname("127.0.0.1", port: 0))
        try await application.test(.live) { client in
            let signIn = try await client.execute(
                uri: "/v1/sign-ins", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: #"{"text":"x"}"#))
            #expect(Self.loopback.contains(Exchange(signIn)["text"] ?? .null))
            let large = try await client.execute(
                uri: "/v1/sign-ins", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: String(repeating: " ", count: 3 << 20)))
            #expect(large.status == .contentTooLarge)
            // A body after the answer to HEAD would be taken for the next answer.
            let head = try await client.execute(uri: "/nowhere", method: .head)
            #expect(head.status == .notFound)
            #expect(head.body.readableBytes == 0)
            let health = try await client.execute(uri: "/health/live", method: .get)
            #expect(Exchange(health).text == #"{"live":true}"#)
            #expect(health.headers[.server] == nil)
        }
    }

    @Test(
        "only our own proxies are believed about the client's address",
        arguments: [
            (0, nil), (1, "203.0.113.9"), (2, "198.51.100.7"), (9, nil),
        ] as [(Int, String?)])
    func proxies(trusted: Int, address: String?) async throws {
        var settings = API.Settings()
        settings.trustedProxies = trusted
        let application = Toy.api(settings).application(on: .hostname("127.0.0.1", port: 0))
        try await application.test(.live) { client in
            let name = try #require(HTTPField.Name("X-Forwarded-For"))
            let answer = try await client.execute(
                uri: "/v1/sign-ins", method: .post,
                headers: [.contentType: "application/json", name: "6.6.6.6, 198.51.100.7,203.0.113.9"],
                body: ByteBuffer(string: #"{"text":"x"}"#))
            let expected = address.map { [.string("localhost \($0)")] } ?? Self.loopback
            #expect(expected.contains(Exchange(answer)["text"] ?? .null))
        }
    }

    /// The host and the peer as the test's client is seen: what `localhost` means differs between machines.
    private static let loopback: [JSONValue] = ["localhost 127.0.0.1", "localhost ::1"]
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
