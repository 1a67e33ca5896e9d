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
        let owner = try await anonymous.signedIn(try await server.user(.owner, of: slug))
        var clients: [Role: TestClient] = [.owner: owner]
        var buyers: [Company.Buyer] = []
        for alias in ["customer", "neighbour"] {
            let made = try await owner.must(.post, "/v1/customers", ObjectMaker.customerBody)
            let id = try #require(made["id"].text.flatMap { CustomerID($0) })
            let sign = try await server.user(.customer, of: slug, customer: id, named: alias)
            buyers.append(Company.Buyer(id: id, user: try await anonymous.signedIn(sign)))
        }
        for role in Role.allCases where role != .owner {
            clients[role] =
                role == .customer
                ? buyers[0].user : try await anonymous.signedIn(try await server.user(role, of: slug))
        }
        return Company(
            server: server, slug: slug, tenant: try await server.installation.tenants.require(slug: slug),
            clients: clients,
            buyers: buyers)
    }
}

/// One of the two, by its users.
struct Company: Sendable {
    let server: TestServer
    let slug: Slug
    let tenant: TenantID
    /// One of each role.
    let clients: [Role: TestClient]
    /// Two customers, each with a user.
    let buyers: [Buyer]

    // Founding makes one of each role.
    var owner: TestClient { clients[.owner]! }
    var staff: TestClient { clients[.staff]! }

    /// A customer, and who signs in for it.
    struct Buyer: Sendable {
        let id: CustomerID
        let user: TestClient
    }
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
