import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization
import Testing
import Web

/// A limit that says what it is told to, and remembers what it was asked.
private final class ToyLimit: Sendable {
    private let asked = Mutex<[String]>([])
    private let retryAfterSeconds: Int64?

    init(retryAfterSeconds: Int64? = nil) {
        self.retryAfterSeconds = retryAfterSeconds
    }

    var questions: [String] { asked.withLock { $0 } }

    var limit: API.Limit {
        { rate, subject in
            let who =
                switch subject {
                case .actor(let actor): actor.role.rawValue
                case .client(let address): "client \(address?.text ?? "-")"
                case .refused(let address): "refused \(address?.text ?? "-")"
                }
            self.asked.withLock { $0.append("\(rate.rawValue) \(who)") }
            return RateDecision(
                policy: "toys", quota: 9, windowSeconds: 60,
                remaining: self.retryAfterSeconds == nil ? 8 : 0, resetSeconds: 17,
                retryAfterSeconds: self.retryAfterSeconds)
        }
    }
}

@Suite("Limits of the pipeline")
struct RateLimitTests {
    private static let limit = HTTPField.Name("RateLimit")!
    private static let policy = HTTPField.Name("RateLimit-Policy")!

    @Test("each request counts once, by its method's class unless the declaration says another")
    func classes() async throws {
        let limit = ToyLimit()
        let api = Toy.api(limit: limit.limit)
        _ = try await Exchange.send(.get, "/v1/toys", api: api)
        _ = try await Exchange.send(.delete, "/v1/toys/\(Toy.id)", headers: Exchange.asReader, api: api)
        _ = try await Exchange.send(.post, "/v1/toys/\(Toy.id)/finalization", api: api)
        _ = try await Exchange.send(.post, "/v1/sign-ins", body: "{}", headers: [:], api: api)
        _ = try await Exchange.send(.get, "/health/live", api: api)
        _ = try await Exchange.send(.get, "/v1/toys", headers: [.authorization: "Bearer x"], api: api)
        _ = try await Exchange.send(.get, "/v1/toys", headers: [:], api: api)
        _ = try await Exchange.send(.get, "/nowhere", api: api)
        #expect(
            limit.questions == [
                "read owner", "write read_only", "heavy owner", "sign_in client -", "read refused -",
                "read refused -",
            ])
    }

    @Test(
        "every answer that was counted carries the headers, whatever it says",
        arguments: [
            ("/v1/toys", 200), ("/v1/toys?limit=0", 422), ("/v1/toys/nothing", 404), ("/v1/failing", 500),
        ])
    func headers(path: String, status: Int) async throws {
        let answer = try await Exchange.send(.get, path, api: Toy.api(limit: ToyLimit().limit))
        #expect(answer.status == status)
        #expect(answer.headers[Self.policy] == #""toys";q=9;w=60"#)
        #expect(answer.headers[Self.limit] == #""toys";r=8;t=17"#)
        #expect(answer.headers[.retryAfter] == nil)
        let health = try await Exchange.send(.get, "/health/live", api: Toy.api(limit: ToyLimit().limit))
        #expect(health.headers[Self.limit] == nil)
    }

    @Test("a request too many is a problem with Retry-After, before permission, body and handler")
    func refused() async throws {
        let api = Toy.api(limit: ToyLimit(retryAfterSeconds: 17).limit)
        for headers in [Exchange.asOwner, Exchange.asReader, [:], [.authorization: "Bearer x"]] {
            let answer = try await Exchange.send(.post, "/v1/toys", body: "{", headers: headers, api: api)
            #expect(answer.status == 429)
            #expect(answer.code == "rate_limited")
            #expect(answer.headers[.contentType] == ProblemBody.contentType)
            #expect(answer.headers[.retryAfter] == "17")
            #expect(answer.headers[Self.limit] == #""toys";r=0;t=17"#)
        }
    }

    @Test("without a decision nothing is limited and nothing said")
    func undecided() async throws {
        let answer = try await Exchange.send(.get, "/v1/toys")
        #expect(answer.status == 200)
        #expect(answer.headers[Self.limit] == nil)
    }

    @Test(
        "nonsense from a proxy falls back to the peer",
        arguments: [
            ("6.6.6.6, 203.0.113.9", "203.0.113.9"), ("6.6.6.6, [2001:db8::7]:443", "2001:db8:0:0::/64"),
            ("6.6.6.6, ::ffff:203.0.113.9", "203.0.113.9"), ("6.6.6.6, unknown", "127.0.0.1"),
            ("6.6.6.6,", "127.0.0.1"), ("", "127.0.0.1"), ("6.6.6.6, <script>", "127.0.0.1"),
        ])
    func forwarded(header: String, address: String) async throws {
        var settings = API.Settings()
        settings.trustedProxies = 1
        let limit = ToyLimit()
        let api = Toy.api(settings, limit: limit.limit)
        let application = api.application(on: .hostname("127.0.0.1", port: 0))
        try await application.test(.live) { client in
            _ = try await client.execute(
                uri: "/v1/sign-ins", method: .post, headers: [HTTPField.Name("X-Forwarded-For")!: header],
                body: ByteBuffer(string: "{}"))
        }
        #expect(limit.questions == ["sign_in client \(address)"])
    }
}
