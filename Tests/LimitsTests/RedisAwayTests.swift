import HTTPTypes
import Kernel
import Limits
import TestKit
import Testing
import Web

@Suite("While Redis is away", .timeLimit(.minutes(3)))
struct RedisAwayTests {
    @Test("requests go on without waiting, health says so, and all is well again by itself")
    func crash() async throws {
        try await run { redis, sign, anyone in
            let owner = try await anyone.signedIn(sign)
            #expect(try await owner.send(.get, "/v1/me").status == 200)
            #expect(try await anyone.send(.get, "/health/ready")["status"] == "ok")

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<200 {
                            let status = try await owner.send(.get, "/v1/me").status
                            #expect(status == 200 || status == 429)
                        }
                    }
                }
                try await redis.crash()
                try await group.waitForAll()
            }
            #expect(try await anyone.send(.get, "/health/ready")["status"] == "degraded")
            for _ in 0..<50 {
                let (took, answer) = try await timed { try await owner.send(.get, "/v1/me") }
                #expect(answer.status == 200)
                #expect(answer.headers[.rateLimit] == nil)
                #expect(took < .milliseconds(200))
            }

            try await redis.start()
            #expect(
                try await eventually {
                    let health = try await anyone.send(.get, "/health/ready")
                    let answer = try await owner.send(.get, "/v1/me")
                    return health["status"] == "ok" && answer.headers[.rateLimit] != nil
                })
        }
    }

    @Test("one that hangs costs a request now and then a quarter of a second, and the others nothing")
    func freeze() async throws {
        try await run { redis, sign, anyone in
            let owner = try await anyone.signedIn(sign)
            #expect(try await owner.send(.get, "/v1/me").headers[.rateLimit] != nil)
            try redis.freeze()
            #expect(try await owner.send(.get, "/v1/me").status == 200)
            var slow = 0
            let began = ContinuousClock.now
            for _ in 0..<200 {
                let (took, answer) = try await timed { try await owner.send(.get, "/v1/me") }
                #expect(answer.status == 200)
                if took > .milliseconds(200) { slow += 1 }
            }
            let seconds = Int((ContinuousClock.now - began).components.seconds)
            #expect(slow <= seconds + 2)
            #expect(try await anyone.send(.get, "/health/ready")["status"] == "degraded")
            try redis.thaw()
            #expect(
                try await eventually { try await owner.send(.get, "/v1/me").headers[.rateLimit] != nil })
        }
    }

    @Test("attempts to sign in are limited by the process for itself")
    func signIn() async throws {
        try await run { redis, sign, anyone in
            _ = try await anyone.signedIn(sign)
            try await redis.crash()
            let stranger = anyone.at("203.0.113.9")
            for _ in 0..<3 { #expect(try await stranger.signIn(sign, "wrong password").status == 401) }
            let refused = try await stranger.signIn(sign, "wrong password")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] != nil)
            #expect(try await stranger.signIn(sign, TestSignIn.password).status == 429)
            #expect(try await anyone.at("203.0.113.10").signIn(sign, TestSignIn.password).status == 201)

            // The pipeline's own limit on attempts is kept too.
            let busy = anyone.at("203.0.113.11")
            for _ in 0..<8 { #expect(try await busy.signIn(sign, TestSignIn.password).status == 201) }
            #expect(try await busy.signIn(sign, TestSignIn.password).status == 429)
        }
    }

    @Test("a server that never had one serves all the same")
    func none() async throws {
        var quotas = RateLimits.Quotas()
        quotas.failuresOfPair = a(1)
        try await TestServer.run(.init(quotas, redisURL: nil)) { server in
            let sign = try await server.owner()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(sign)
                #expect(try await owner.send(.get, "/v1/me").status == 200)
                #expect(try await anyone.send(.get, "/health/ready")["status"] == "degraded")
                #expect(try await anyone.signIn(sign, "wrong password").status == 401)
                #expect(try await anyone.signIn(sign, "wrong password").status == 429)
            }
        }
    }

    private func run(
        _ body: @escaping @Sendable (OwnRedis, TestSignIn, TestClient) async throws -> Void
    ) async throws {
        var quotas = RateLimits.Quotas()
        quotas.failuresOfPair = a(3)
        quotas.signIn = a(8)
        try await OwnRedis.run { [quotas] redis in
            try await TestServer.run(.init(quotas, redisURL: redis.url)) { server in
                let sign = try await server.owner()
                try await server.api { anyone in try await body(redis, sign, anyone) }
            }
        }
    }
}

extension TestClient {
    func signIn(_ sign: TestSignIn, _ password: String) async throws -> Answer {
        try await send(
            .post, "/v1/sign-ins",
            [
                "company": .string(sign.company.text), "email": .string(sign.email.text),
                "password": .string(password),
            ])
    }
}

/// Waits until something that happens by itself has happened; false after twenty seconds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}

func timed<Value>(_ body: () async throws -> Value) async throws -> (Duration, Value) {
    let began = ContinuousClock.now
    let value = try await body()
    return (ContinuousClock.now - began, value)
}
