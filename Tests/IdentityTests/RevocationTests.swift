import Foundation
import HTTPTypes
import Kernel
import Limits
import MPanelServer
import Platform
import Postgres
import Tenancy
import TestKit
import Testing
import Web

@Suite("Revocation across servers", .timeLimit(.minutes(3)))
struct RevocationTests {
    @Test("what one server ends no other lets in, while Redis is there, frozen, gone, and back again")
    func atOnce() async throws {
        try await run(trust: .seconds(1)) { redis, sign, one, two in
            let trouble: [(String, () async throws -> Void)] = [
                ("there", {}), ("frozen", { try redis.freeze() }), ("thawed", { try redis.thaw() }),
                ("gone", { try await redis.crash() }), ("back", { try await redis.start() }),
            ]
            for (state, arrange) in trouble {
                let keeper = try await one.signIn(sign)
                let ended = try await two.signIn(sign)
                // Both servers have been told that it holds.
                for client in [one, two] {
                    #expect(try await client.with(token: ended.access).send(.get, "/v1/me").status == 200)
                }
                try await arrange()
                #expect(
                    try await keeper.client.send(.delete, "/v1/me/sessions/\(ended.session)").status == 204)
                if state == "gone" { try await redis.start() }
                for client in [two, one] {
                    let answer = try await client.with(token: ended.access).send(.get, "/v1/me")
                    #expect(answer.status == 401, "\(state)")
                }
                #expect(
                    try await two.with(token: keeper.access).send(.get, "/v1/me").status == 200, "\(state)")
                if state == "gone" { try await redis.crash() }
            }
        }
    }

    @Test("a mark saves asking the database, for as long as it is believed and no longer")
    func trust() async throws {
        try await run(trust: .seconds(2)) { _, sign, one, two, server in
            let signedIn = try await one.signIn(sign)
            #expect(try await signedIn.status() == 200)
            // Behind the servers' back, as nothing in MPanel does it.
            let overseer = try await Connection.open(PostgresSettings(url: server.database.superuserURL))
            let id = try #require(SessionID(signedIn.session))
            _ = try await overseer.run("UPDATE sessions SET revoked_at = now() WHERE id = \(id)")
            #expect(try await two.with(token: signedIn.access).send(.get, "/v1/me").status == 200)
            try await Task.sleep(for: .seconds(2))
            #expect(try await two.with(token: signedIn.access).send(.get, "/v1/me").status == 401)
            _ = try await overseer.run("UPDATE sessions SET revoked_at = NULL WHERE id = \(id)")
            #expect(try await signedIn.status() == 401, "that it is over is remembered")
        }
    }

    @Test("a session's last use is tracked, and nobody who reads Redis learns of it")
    func tracking() async throws {
        try await run(trust: .seconds(5)) { redis, sign, one, two in
            let here = try await one.at("203.0.113.9").called("curl/8.5.0").signIn(sign)
            _ = try await two.at("198.51.100.7").called("Firefox/1").with(token: here.access)
                .send(.get, "/v1/me")
            let list = try await here.client.send(.get, "/v1/me/sessions")["items"].items
            #expect(list.map(\.["address"]) == ["198.51.100.7"])
            #expect(list.map(\.["device"]) == ["Firefox"])
            let written = try redis.written()
            #expect(written.contains("sessions"))
            for secret in ["203.0.113.9", "198.51.100.7", "Firefox", "curl", sign.email.text, here.refresh] {
                #expect(!written.contains(secret), "\(secret)")
            }
        }
    }

    private func run(
        trust: Duration,
        _ body: @escaping @Sendable (OwnRedis, TestSignIn, TestClient, TestClient) async throws -> Void
    ) async throws {
        try await run(trust: trust) { redis, sign, one, two, _ in try await body(redis, sign, one, two) }
    }

    /// Two servers on one database and one Redis.
    private func run(
        trust: Duration,
        _ body:
            @escaping @Sendable (OwnRedis, TestSignIn, TestClient, TestClient, TestServer) async throws ->
            Void
    ) async throws {
        try await OwnRedis.run { redis in
            var limited = TestServer.Limited(.off, redisURL: redis.url)
            limited.sessionTrust = trust
            try await TestServer.run(limited) { [limited] server in
                let sign = try await server.owner()
                let second = try TestServer.installation(on: server.database, limited)
                try await server.api { one in
                    try await TestServer.api(of: second) { two in
                        try await body(redis, sign, one, two, server)
                    }
                }
                await second.shutDown()
            }
        }
    }
}
