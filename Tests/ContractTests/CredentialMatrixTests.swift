import Foundation
import HTTPTypes
import Kernel
import Limits
import MPanelServer
import TestKit
import Testing
import Web

/// Every endpoint that needs a permission, with every kind of token that does not hold.
@Suite("Tokens that do not hold")
struct CredentialMatrixTests {
    @Test("are answered with 401, all alike, by every endpoint, where a good one is let in")
    func refused() async throws {
        try await World.run { world in
            let maker = ObjectMaker(world.ours)
            let good = try #require(world.ours.owner.token)
            let tokens = [
                "expired": try await expired(world),
                "forged": forged(good),
                "promoted": try promoted(try #require(world.ours.clients[.readOnly]?.token)),
                "unsigned": try unsigned(good),
                "of another installation": try await foreign(),
                "of a session that is over": try await revoked(world, maker),
                "a refresh token": try #require(try await maker.signIn(as: "owner")["refresh_token"].text),
            ]
            for endpoint in try Surface.endpoints() where endpoint.permission != nil {
                for (kind, token) in tokens {
                    let answer = try await world.anonymous.with(token: token).send(
                        endpoint.route.method.request, endpoint.samplePath, bytes: Array("{".utf8))
                    #expect(answer.status == 401, "\(endpoint.route) \(kind): \(answer.status)")
                    #expect(answer["code"] == "unauthenticated", "\(endpoint.route) \(kind)")
                }
                // A session for each, because some endpoints end it.
                let fresh = try #require(try await maker.signIn(as: "owner")["access_token"].text)
                let answer = try await world.anonymous.with(token: fresh).send(
                    endpoint.route.method.request, endpoint.samplePath, bytes: Array("{".utf8))
                #expect(answer.status != 401, "\(endpoint.route)")
            }
        }
    }

    /// By a server whose clock is half an hour behind.
    private func expired(_ world: World) async throws -> String {
        var limited = TestServer.Limited(.off, redisURL: nil)
        limited.secret = Data(repeating: 7, count: 32)
        let clock = RealClock { Instant.now().adding(seconds: -1800) }
        let late = try TestServer.installation(on: world.server.database, limited, clock: clock)
        let email = try #require(EmailAddress("owner@\(world.ours.slug.text).example"))
        let token = try await TestServer.api(of: late) { anyone in
            try await anyone.signedIn(TestSignIn(company: world.ours.slug, email: email)).token
        }
        await late.shutDown()
        return try #require(token)
    }

    /// By an installation with a key of its own, which has the very same company and user.
    private func foreign() async throws -> String {
        try await TestServer.run { server in
            let slug = try #require(Slug("ours"))
            try await server.company(slug)
            let sign = try await server.user(.owner, of: slug)
            return try await server.api { anyone in try #require(try await anyone.signedIn(sign).token) }
        }
    }

    private func revoked(_ world: World, _ maker: ObjectMaker) async throws -> String {
        let token = try #require(try await maker.signIn(as: "owner")["access_token"].text)
        _ = try await world.anonymous.with(token: token).must(.delete, "/v1/me/session")
        return token
    }

    /// With one letter of the signature changed.
    private func forged(_ token: String) -> String {
        let place = token.index(token.endIndex, offsetBy: -20)
        return token.replacingCharacters(in: place...place, with: token[place] == "a" ? "b" : "a")
    }

    /// With another role under the old signature.
    private func promoted(_ token: String) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        let claims = try text(parts[1]).replacing("read_only", with: "owner")
        return "\(parts[0]).\(encoded(claims)).\(parts[2])"
    }

    private func unsigned(_ token: String) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        let header = try text(parts[0]).replacing("EdDSA", with: "none")
        return "\(encoded(header)).\(parts[1])."
    }

    private func text(_ part: String) throws -> String {
        var plain = part.replacing("-", with: "+").replacing("_", with: "/")
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return String(decoding: try #require(Data(base64Encoded: plain)), as: UTF8.self)
    }

    private func encoded(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
