import Foundation
import HTTPTypes
import Kernel
import Limits
import MPanelServer
import Platform
import Synchronization
import Tenancy
import TestKit
import Testing
import Web

/// A clock that a test moves.
final class MovedClock: Sendable {
    private let state = Mutex(Instant.now())

    var clock: RealClock { RealClock { self.state.withLock { $0 } } }

    func wait(seconds: Int64) {
        state.withLock { $0 = $0.adding(seconds: seconds) }
    }
}

/// One sign-in: its tokens, as they stand after the last refresh, and a client with the access token.
struct SignedIn: Sendable {
    let client: TestClient
    let access: String
    let refresh: String
    let session: String

    init(_ answer: TestClient.Answer, on anyone: TestClient) throws {
        try #require(answer.status == 201, "\(answer.text)")
        access = try #require(answer["access_token"].text)
        refresh = try #require(answer["refresh_token"].text)
        session = try #require(answer["session_id"].text)
        client = anyone.with(token: access)
    }

    /// What `GET /v1/me` answers.
    func status() async throws -> Int { try await client.send(.get, "/v1/me").status }

    func userID() async throws -> String {
        try #require(try await client.send(.get, "/v1/me")["id"].text)
    }
}

extension TestClient {
    func signIn(_ sign: TestSignIn, _ password: String = TestSignIn.password) async throws -> SignedIn {
        try SignedIn(try await tryToSignIn(sign, password), on: self)
    }

    func tryToSignIn(_ sign: TestSignIn, _ password: String) async throws -> Answer {
        try await send(
            .post, "/v1/sign-ins",
            [
                "company": .string(sign.company.text), "email": .string(sign.email.text),
                "password": .string(password),
            ])
    }

    func tryToRefresh(_ token: String) async throws -> Answer {
        try await send(.post, "/v1/token-refreshes", ["refresh_token": .string(token)])
    }

    func refreshed(_ signedIn: SignedIn) async throws -> SignedIn {
        try SignedIn(try await tryToRefresh(signedIn.refresh), on: self)
    }
}

extension TestServer {
    func owner() async throws -> TestSignIn {
        let slug = try #require(Slug("acme"))
        try await company(slug)
        return try await user(.owner, of: slug)
    }

    /// Runs a test on a server whose real clock is the test's.
    static func run(
        by clock: MovedClock, _ body: @Sendable (TestServer, TestSignIn, TestClient) async throws -> Void
    ) async throws {
        var limited = Limited(.off, redisURL: nil)
        limited.sessionTrust = .milliseconds(10)
        try await TestServer.run(limited, clock: clock.clock) { server in
            let sign = try await server.owner()
            try await server.api { anyone in try await body(server, sign, anyone) }
        }
    }
}
