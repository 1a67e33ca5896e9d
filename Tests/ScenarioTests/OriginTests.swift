import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Tenancy
import TestKit
import Testing
import Web

/// Two companies on one server, of which one has a portal elsewhere.
@Suite("The origins that a company allows")
struct OriginTests {
    private static let portal = "https://portal.example.com"

    private struct Owners {
        let ours: TestClient
        let theirs: TestClient
    }

    private func withOwners(
        _ body: @Sendable (TestServer, Owners, _ nobody: TestClient) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let slugs = [try #require(Slug("ours")), try #require(Slug("theirs"))]
            for slug in slugs { try await server.company(slug) }
            try await server.api { nobody in
                let owners = Owners(
                    ours: try await nobody.signedIn(try await server.user(.owner, of: slugs[0])),
                    theirs: try await nobody.signedIn(try await server.user(.owner, of: slugs[1])))
                try await body(server, owners, nobody)
            }
        }
    }

    private func allow(_ origins: [String], by client: TestClient) async throws {
        let change: JSONValue = ["allowed_origins": .array(origins.map { .string($0) })]
        let answer = try await client.send(.patch, "/v1/tenant/settings", change)
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer["settings"]["allowed_origins"].items.compactMap(\.text) == origins)
    }

    /// What a request from the portal is told about it, and whether its preflight is agreed to.
    private func told(_ client: TestClient, _ path: String = "/v1/me") async throws -> String? {
        try await client.with(.origin, OriginTests.portal).send(.get, path).headers[.accessControlAllowOrigin]
    }

    private func isAgreed(_ nobody: TestClient) async throws -> Bool {
        let client = nobody.with(.origin, OriginTests.portal).with(.accessControlRequestMethod, "PATCH")
        let answer = try await client.send(.options, "/v1/tenant/settings")
        #expect([204, 405].contains(answer.status))
        #expect((answer.status == 204) == (answer.headers[.accessControlAllowOrigin] == OriginTests.portal))
        return answer.status == 204
    }

    @Test("show its answers to their pages, and no other company's, until it takes them back")
    func companies() async throws {
        try await withOwners { _, owners, nobody in
            #expect(try await told(owners.ours) == nil)
            #expect(try await isAgreed(nobody) == false)
            try await allow(["http://localhost:5173", OriginTests.portal], by: owners.ours)
            #expect(try await told(owners.ours) == OriginTests.portal)
            #expect(try await told(owners.theirs) == nil)
            #expect(try await told(nobody) == nil, "nobody knows whose answer a 401 is")
            #expect(try await isAgreed(nobody), "the preflight may be that of ours")
            try await allow([], by: owners.ours)
            #expect(try await told(owners.ours) == nil)
            #expect(try await isAgreed(nobody) == false)
        }
    }

    @Test("hold for its host name, where nobody has signed in yet")
    func hostNames() async throws {
        try await withOwners { server, owners, nobody in
            try await allow([OriginTests.portal], by: owners.ours)
            // Where the tests' requests go to.
            let host = try #require(HostName("localhost"))
            let scope = TenantScope(
                try await server.installation.tenants.require(slug: try #require(Slug("theirs"))))
            try await server.installation.tenants.add(
                hostName: host, by: Actor(.operatorCommand, role: .owner, scope: scope))
            #expect(try await told(nobody) == nil)
            #expect(try await isAgreed(nobody) == false)
            try await allow([OriginTests.portal], by: owners.theirs)
            #expect(try await told(nobody) == OriginTests.portal)
            #expect(try await told(nobody, "/v1/openapi.json") == OriginTests.portal)
            #expect(try await isAgreed(nobody))
        }
    }

    @Test("are at most twenty, each once and exact")
    func rules() async throws {
        try await withOwners { _, owners, _ in
            let twenty = (1...20).map { "https://portal\($0).example.com" }
            try await allow(twenty, by: owners.ours)
            let refused: [([String], String)] = [
                (twenty + ["https://one-more.example.com"], "/allowed_origins"),
                ([OriginTests.portal, OriginTests.portal], "/allowed_origins"),
                ([OriginTests.portal, "https://*.example.com"], "/allowed_origins/1"),
                (["http://portal.example.com"], "/allowed_origins/0"),
            ]
            for (origins, pointer) in refused {
                let answer = try await owners.ours.send(
                    .patch, "/v1/tenant/settings", ["allowed_origins": .array(origins.map { .string($0) })])
                #expect(answer.status == 422)
                #expect(answer["errors"].items.map { $0["pointer"].text } == [pointer])
            }
            let settings = try await owners.ours.send(.get, "/v1/tenant")["settings"]
            #expect(settings["allowed_origins"].items.count == 20)
        }
    }
}
