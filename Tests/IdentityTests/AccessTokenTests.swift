import Crypto
import Foundation
import JWTKit
import Kernel
import Testing

@testable import Identity

struct AccessTokenTests {
    private let store = KeyStore()
    private let user = User.example()
    private let tenant = TenantID.new()
    private let session = SessionID.new()

    @Test("a token says who acts, with which role and for which tenant")
    func roundTrip() async throws {
        let tokens = store.tokens()
        for role in Role.allCases {
            let user = User.example(role: role)
            let token = try await tokens.issue(to: user, of: tenant, in: session)
            let actor = try await tokens.actor(of: token)
            let scope = TenantScope(tenant, customer: user.customer)
            #expect(actor == Actor(.user(user.id), role: role, scope: scope, session: session))
        }
    }

    @Test("its claims are the documented ones, and no others")
    func claims() async throws {
        let token = try await store.tokens().issue(to: user, of: tenant, in: session)
        let (header, payload) = try parts(of: token)
        let now = store.clock.now().unixSeconds
        let key = try #require(store.keys.first)
        #expect(header == #"{"alg":"EdDSA","kid":"\#(key.id)","typ":"JWT"}"#)
        #expect(
            payload == #"{"exp":\#(now + 900),"iat":\#(now),"iss":"mpanel","role":"staff","#
                + #""sid":"\#(session)","sub":"\#(user.id)","tenant":"\#(tenant)"}"#)
    }

    @Test("a token holds for a quarter of an hour, to the second")
    func expiry() async throws {
        let tokens = store.tokens()
        let token = try await tokens.issue(to: user, of: tenant, in: session)
        store.wait(seconds: 899)
        #expect(try await tokens.actor(of: token).scope.tenant == tenant)
        store.wait(seconds: 1)
        await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: token) }
    }

    @Test(
        "what is no token is refused",
        arguments: ["", ".", "..", "a.b.c", "....", "e30.e30.e30", "{}.{}.{}", "\u{0}.\u{0}.\u{0}", "ä.ö.ü"])
    func garbage(text: String) async throws {
        let tokens = store.tokens()
        await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: text) }
    }

    @Test("a token of which a letter was changed is refused")
    func tampering() async throws {
        let tokens = store.tokens()
        let token = try await tokens.issue(to: user, of: tenant, in: session)
        let (header, payload) = try parts(of: token)
        let parts = token.split(separator: ".")
        let promoted = base64URL(payload.replacing("staff", with: "owner"))
        await #expect(throws: Problem.unauthenticated) {
            try await tokens.actor(of: "\(parts[0]).\(promoted).\(parts[2])")
        }
        let relabelled = base64URL(header.replacing("\"JWT\"", with: "\"JWS\""))
        await #expect(throws: Problem.unauthenticated) {
            try await tokens.actor(of: "\(relabelled).\(parts[1]).\(parts[2])")
        }
        await #expect(throws: Problem.unauthenticated) {
            try await tokens.actor(of: "\(parts[0]).\(parts[1]).")
        }
    }

    @Test("a token that names another algorithm is refused, even with our key's bytes as the secret")
    func algorithms() async throws {
        let tokens = store.tokens()
        let token = try await tokens.issue(to: user, of: tenant, in: session)
        let key = try #require(store.keys.first)
        let kid = JWKIdentifier(string: key.id.description)
        let claims = try #require(await key.claims(in: token))
        let signed = try Curve25519.Signing.PrivateKey(rawRepresentation: key.secret)

        let hmac = await JWTKeyCollection().add(
            hmac: HMACKey(from: signed.publicKey.rawRepresentation), digestAlgorithm: .sha256, kid: kid)
        let none = await JWTKeyCollection().addUnsecuredNone(kid: kid)
        for collection in [hmac, none] {
            let forged = try await collection.sign(claims, kid: kid)
            await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: forged) }
        }

        // The very key, but the header tells another algorithm, or none, or demands an extension.
        for (alg, crit) in [("ES256", false), ("none", false), ("eddsa", false), ("EdDSA", true)] {
            var header: JWTHeader = ["alg": .string(alg)]
            if crit { header.crit = ["b64"] }
            let collection = await JWTKeyCollection().add(eddsa: EdDSA.PrivateKey(backing: signed), kid: kid)
            let odd = try await collection.sign(claims, kid: kid, header: header)
            await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: odd) }
        }
    }

    @Test(
        "a token is refused when its key is missing, unknown, another one of ours or a stranger's with our id"
    )
    func keys() async throws {
        let tokens = store.tokens()
        let claims = try #require(await store.claims(tokens, user, tenant, session))
        let key = try #require(store.keys.first)
        let other = try await store.newKey()
        store.add(other)
        store.wait(seconds: 60)
        let current = AccessClaims(
            iss: claims.iss, sub: claims.sub, sid: session, tenant: claims.tenant, customer: nil,
            role: claims.role, iat: claims.iat, exp: claims.exp + 60)
        #expect(try await tokens.actor(of: other.sign(current)).kind == .user(user.id))

        let stranger = try await store.newKey(id: key.id)
        let unknown = try await store.newKey()
        let swapped = try await SigningKey(id: other.id, secret: key.secret, signsFrom: key.signsFrom)
        for forger in [stranger, unknown, swapped] {
            let forged = try await forger.sign(current)
            await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: forged) }
        }
        let nameless = try await JWTKeyCollection()
            .add(eddsa: EdDSA.PrivateKey(backing: .init(rawRepresentation: key.secret))).sign(current)
        await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: nameless) }
    }

    @Test("a token that we signed is refused when its claims are not exactly ours")
    func claimsOfOthers() async throws {
        let tokens = store.tokens()
        let (_, payload) = try parts(of: await tokens.issue(to: user, of: tenant, in: session))
        let key = try #require(store.keys.first)
        let good = try await sign(payload, with: key)
        #expect(try await tokens.actor(of: good).kind == .user(user.id))
        let odd = [
            payload.replacing("\"mpanel\"", with: "\"other\""),
            payload.replacing("usr_", with: "cus_"),
            payload.replacing("\"ten_", with: "\"usr_"),
            payload.replacing(tenant.description, with: tenant.description + "0"),
            payload.replacing(tenant.description, with: ""),
            payload.replacing("\"staff\"", with: "\"root\""),
            payload.replacing("\"staff\"", with: "\"customer\""),
            payload.replacing("\"tenant\"", with: "\"customer\":\"\(CustomerID.new())\",\"tenant\""),
            payload.replacing("\"ses_", with: "\"usr_"),
            payload.replacing("\"sid\"", with: "\"session\""),
            payload.replacing("\"exp\":", with: "\"expires\":"),
            payload.replacing("\"exp\":", with: "\"exp\":1.5e-3,\"e\":"),
            payload.replacing("\"exp\":", with: "\"exp\":\"never\",\"e\":"),
        ]
        for payload in odd {
            let token = try await sign(payload, with: key)
            await #expect(throws: Problem.unauthenticated, "\(payload)") { try await tokens.actor(of: token) }
        }
    }

    // MARK: the pieces of a token

    private func sign(_ payload: String, with key: SigningKey) async throws -> String {
        let header = #"{"alg":"EdDSA","kid":"\#(key.id)","typ":"JWT"}"#
        let signed = "\(base64URL(header)).\(base64URL(payload))"
        let signature = try Curve25519.Signing.PrivateKey(rawRepresentation: key.secret)
            .signature(for: Data(signed.utf8))
        return "\(signed).\(base64URL(signature))"
    }

    private func parts(of token: String) throws -> (header: String, payload: String) {
        let parts = token.split(separator: ".")
        try #require(parts.count == 3)
        return (try json(parts[0]), try json(parts[1]))
    }

    /// With sorted names: JWTKit's order differs from run to run.
    private func json(_ part: Substring) throws -> String {
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let object = try JSONSerialization.jsonObject(with: #require(Data(base64Encoded: text)))
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func base64URL(_ text: String) -> String { base64URL(Data(text.utf8)) }

    private func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }
}

extension KeyStore {
    fileprivate func claims(
        _ tokens: AccessTokens, _ user: User, _ tenant: TenantID, _ session: SessionID
    ) async throws -> AccessClaims? {
        let token = try await tokens.issue(to: user, of: tenant, in: session)
        return await keys.first?.claims(in: token)
    }
}
