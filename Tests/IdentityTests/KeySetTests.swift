import Crypto
import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import TestKit
import Testing
import Web

@testable import Identity

@Suite("The published keys")
struct KeySetTests {
    @Test("anybody can check an access token with them, and may keep them for five minutes")
    func verify() async throws {
        try await TestServer.run { server in
            let sign = try await server.owner()
            try await server.api { anyone in
                let signedIn = try await anyone.signIn(sign)
                let answer = try await anyone.send(.get, "/.well-known/jwks.json")
                #expect(answer.status == 200)
                #expect(answer.headers[.cacheControl] == "public, max-age=300")
                let key = answer["keys"][0]
                #expect(key["kty"] == "OKP" && key["crv"] == "Ed25519" && key["alg"] == "EdDSA")
                let parts = signedIn.access.split(separator: ".").map(String.init)
                let header = String(decoding: try #require(Data(base64URL: parts[0])), as: UTF8.self)
                let kid = try #require(key["kid"].text)
                #expect(header.contains(kid))
                let x = try #require(key["x"].text.flatMap { Data(base64URL: $0) })
                let signature = try #require(Data(base64URL: parts[2]))
                let published = try Curve25519.Signing.PublicKey(rawRepresentation: x)
                #expect(published.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
                #expect(Set(key.names) == ["kty", "crv", "alg", "use", "kid", "x"], "and no private half")
            }
        }
    }

    @Test("a rotated key is published before it signs, on every server")
    func rotation() async throws {
        try await TestServer.run { server in
            let sign = try await server.owner()
            try await server.api { anyone in
                let before = try await anyone.signIn(sign)
                let states = try await server.installation.identity.keys.rotate()
                #expect(states.map(\.use) == [.signing, .announced])
                let keys = try await anyone.send(.get, "/.well-known/jwks.json")["keys"].items
                #expect(keys.map(\.["kid"]) == states.map { .string("\($0.id)") })
                let after = try await anyone.refreshed(before)
                let header = try #require(after.access.split(separator: ".").first.map(String.init))
                let signedBy = String(decoding: try #require(Data(base64URL: header)), as: UTF8.self)
                #expect(signedBy.contains("\(states[0].id)"))
                #expect(try await before.status() == 200)
            }
        }
    }
}

extension JSONValue {
    fileprivate var names: [String] {
        if case .object(let fields) = self { Array(fields.keys) } else { [] }
    }
}
