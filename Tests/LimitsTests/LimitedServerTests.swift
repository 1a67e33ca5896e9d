import HTTPTypes
import Kernel
import Limits
import MPanelServer
import Tenancy
import TestKit
import Testing
import Web

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name("RateLimit")!
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
}

extension TestServer {
    /// A company with an owner.
    func owner(_ name: String = "acme") async throws -> TestSignIn {
        let slug = Slug(name)!
        try await company(slug)
        return try await user(.owner, of: slug)
    }

    /// Runs a test on a server with these quotas, and the Redis that all tests share.
    static func limited(
        _ change: (inout RateLimits.Quotas) -> Void,
        _ body: @Sendable (TestServer, Limited) async throws -> Void
    ) async throws {
        var quotas = RateLimits.Quotas.off
        change(&quotas)
        let limited = Limited(quotas, redisURL: try await TestRedis.shared.url())
        try await TestServer.run(limited) { try await body($0, limited) }
    }
}

func a(_ count: Int64, seconds: Int64 = 60) -> RateQuota { RateQuota(count, windowSeconds: seconds)! }

@Suite("A limited server", .timeLimit(.minutes(2)))
struct LimitedServerTests {
    @Test("counts each user and class apart, says what is left, and refuses what is too much")
    func quotas() async throws {
        try await TestServer.limited {
            $0.read = a(3)
            $0.heavy = a(1)
        } _: { server, _ in
            let (ours, theirs) = (try await server.owner(), try await server.owner("other"))
            try await server.api { anyone in
                let owner = try await anyone.signedIn(ours)
                for left in [2, 1, 0] {
                    let answer = try await owner.send(.get, "/v1/products")
                    #expect(answer.status == 200)
                    #expect(answer.headers[.rateLimitPolicy] == #""read";q=3;w=60"#)
                    #expect(answer.headers[.rateLimit]?.hasPrefix(#""read";r=\#(left);t="#) == true)
                }
                let refused = try await owner.send(.get, "/v1/customers")
                #expect(refused.status == 429)
                #expect(refused["code"] == "rate_limited")
                #expect(refused.headers[.contentType] == ProblemBody.contentType)
                let wait = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
                #expect((1...120).contains(wait))
                #expect(refused.headers[.rateLimit] == #""read";r=0;t=\#(wait)"#)

                #expect(try await owner.send(.post, "/v1/billing-runs", [:]).status == 202)
                #expect(try await owner.send(.post, "/v1/billing-runs", [:]).status == 429)
                #expect(try await owner.send(.post, "/v1/products", [:]).status == 422, "not limited")
                let other = try await anyone.signedIn(theirs)
                #expect(try await other.send(.get, "/v1/products").status == 200)
                let health = try await anyone.send(.get, "/health/ready")
                #expect(health["status"] == "ok")
                #expect(health.headers[.rateLimit] == nil)
            }
        }
    }

    @Test("two servers share one limit")
    func shared() async throws {
        try await TestServer.limited {
            $0.read = a(4)
        } _: { server, limited in
            let sign = try await server.owner()
            let second = try TestServer.installation(on: server.database, limited)
            try await server.api { one in
                try await TestServer.api(of: second) { two in
                    let clients = [try await one.signedIn(sign), try await two.signedIn(sign)]
                    for number in 0..<4 {
                        #expect(try await clients[number % 2].send(.get, "/v1/me").status == 200)
                    }
                    for client in clients { #expect(try await client.send(.get, "/v1/me").status == 429) }
                }
            }
            await second.shutDown()
        }
    }

    @Test("lets the next request pass after as many seconds as Retry-After said")
    func recovers() async throws {
        try await TestServer.limited {
            $0.read = a(2, seconds: 1)
        } _: { server, _ in
            let sign = try await server.owner()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(sign)
                var answer = try await owner.send(.get, "/v1/me")
                while answer.status == 200 { answer = try await owner.send(.get, "/v1/me") }
                let wait = try #require(answer.headers[.retryAfter].flatMap { Int($0) })
                try await Task.sleep(for: .seconds(wait))
                #expect(try await owner.send(.get, "/v1/me").status == 200)
            }
        }
    }

    @Test("answers refused credentials with 429 after a while, and whoever has good ones as before")
    func refusedCredentials() async throws {
        try await TestServer.limited {
            $0.refused = a(5)
        } _: { server, _ in
            let sign = try await server.owner()
            try await server.api { anyone in
                let guesser = anyone.at("203.0.113.9")
                for _ in 0..<5 { #expect(try await guesser.send(.get, "/v1/me").status == 401) }
                let refused = try await guesser.send(.get, "/v1/me")
                #expect(refused.status == 429)
                #expect(refused.headers[.retryAfter] != nil)
                #expect(try await anyone.at("203.0.113.10").send(.get, "/v1/me").status == 401)
                let owner = try await guesser.signedIn(sign)
                #expect(try await owner.send(.get, "/v1/me").status == 200)
            }
        }
    }
}
