import Foundation
import HTTPTypes
import Importing
import Kernel
import MPanelServer
import Subscriptions
import Tenancy
import TestKit
import Testing
import Web

/// Two companies that do business side by side, and a client of the API for each of their users.
struct World: Sendable {
    let server: TestServer
    /// Nobody: without a token.
    let anonymous: TestClient
    let ours: Company
    let theirs: Company

    /// Founds both, imports their business and signs their users in.
    static func run(_ body: @Sendable (World) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.api { anonymous in
                let world = World(
                    server: server, anonymous: anonymous,
                    ours: try await company("ours", on: server, anonymous),
                    theirs: try await company("theirs", on: server, anonymous))
                try await body(world)
            }
        }
    }

    private static func company(
        _ name: String, on server: TestServer, _ anonymous: TestClient
    ) async throws -> Company {
        let slug = try #require(Slug(name))
        // Both take in the same rows, so that only the tenant can tell them apart.
        let report = try await server.installation.importing.run(
            TidyTree.root.appending(path: "examples/dirty"), into: slug,
            sandboxToday: Day(year: 2026, month: 12, day: 1), progress: { _ in })
        try #require(report.subscriptions.imported == 3)
        var clients: [Role: TestClient] = [:]
        for role in [Role.owner, .staff, .readOnly] {
            clients[role] = try await anonymous.signedIn(try await server.user(role, of: slug))
        }
        let found = clients
        return Company(
            slug: slug, tenant: try await server.installation.tenants.require(slug: slug),
            owner: try #require(found[.owner]), staff: try #require(found[.staff]),
            reader: try #require(found[.readOnly]))
    }
}

/// One of the two, by its users.
struct Company: Sendable {
    let slug: Slug
    let tenant: TenantID
    let owner: TestClient
    let staff: TestClient
    let reader: TestClient
}

extension TestClient {
    /// The first of a list that fits. Fails the test when there is none.
    func first(_ path: String, where fits: (JSONValue) -> Bool = { _ in true }) async throws -> JSONValue {
        let page = try await send(.get, path)
        guard let found = page["items"].items.first(where: fits) else {
            Issue.record("nothing fits in \(path)")
            throw Problem.notFound
        }
        return found
    }

    /// Sends what must succeed and returns the answer's body.
    func must(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> JSONValue {
        let answer = try await send(method, path, body)
        try #require(
            (200...299).contains(answer.status), "\(method) \(path): \(answer.status) \(answer.text)")
        return answer.json
    }
}
