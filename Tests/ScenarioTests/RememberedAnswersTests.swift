import Catalog
import Foundation
import HTTPTypes
import Kernel
import Limits
import Logging
import MPanelServer
import Platform
import Postgres
import ServiceLifecycle
import Tenancy
import TestKit
import Testing
import Web

/// A company's catalogue, asked of two servers on one database and one Redis.
@Suite("Answers about the catalogue that servers remember", .timeLimit(.minutes(2)))
struct RememberedAnswersTests {
    private struct Servers: Sendable {
        let server: TestServer
        let second: Installation
        let redis: OwnRedis
        /// The same owner at either server.
        let one: TestClient
        let two: TestClient
        let company: Slug
    }

    private func withServers(_ body: @escaping @Sendable (Servers) async throws -> Void) async throws {
        try await OwnRedis.run { redis in
            let limited = TestServer.Limited(.off, redisURL: redis.url)
            try await TestServer.run(limited) { server in
                let slug = try #require(Slug("acme"))
                try await server.company(slug)
                let sign = try await server.user(.owner, of: slug)
                let second = try TestServer.installation(on: server.database, limited)
                try await server.api { one in
                    try await TestServer.api(of: second) { two in
                        let one = try await one.signedIn(sign)
                        try await body(
                            Servers(
                                server: server, second: second, redis: redis, one: one,
                                two: two.with(token: one.token ?? ""), company: slug))
                    }
                }
                await second.shutDown()
            }
        }
    }

    private func product(_ client: TestClient, named name: String = "Web") async throws -> String {
        let product: JSONValue = [
            "code": "web", "type": "hosting", "name": .string(name),
            "prices": [["amount": ["amount": 999, "currency": "EUR"]]],
        ]
        let answer = try await client.send(.post, "/v1/products", product)
        try #require(answer.status == 201, "\(answer.text)")
        return "/v1/products/" + (answer["id"].text ?? "")
    }

    private func name(_ client: TestClient, _ path: String) async throws -> String? {
        try await client.send(.get, path)["name"].text
    }

    /// Behind the servers' back, as nothing in MPanel does it.
    private func rename(to name: String, _ servers: Servers) async throws {
        let overseer = try await Connection.open(
            PostgresSettings(url: servers.server.database.superuserURL))
        _ = try await overseer.run("UPDATE products SET name = \(name)")
    }

    @Test("are the answers that were given before, with their version, on both servers")
    func remembered() async throws {
        try await withServers { servers in
            let path = try await product(servers.one)
            let looked = try await servers.one.send(.get, path)
            try await rename(to: "Unseen", servers)
            for client in [servers.one, servers.two] {
                let answer = try await client.send(.get, path)
                #expect(answer.text == looked.text)
                #expect(answer.headers[.eTag] == looked.headers[.eTag])
                #expect(answer.headers[.contentType] == "application/json")
            }
        }
    }

    @Test("are never older than what anybody was answered that they changed, on whichever server")
    func ownWrites() async throws {
        try await withServers { servers in
            let path = try await product(servers.one)
            for round in 1...20 {
                let (writer, reader) =
                    round.isMultiple(of: 2) ? (servers.one, servers.two) : (servers.two, servers.one)
                for client in [reader, writer] { #expect(try await name(client, path) != nil) }
                let change: JSONValue = ["name": .string("Web \(round)")]
                #expect(try await writer.send(.patch, path, change).status == 200)
                #expect(try await name(reader, path) == "Web \(round)")
                #expect(try await name(writer, path) == "Web \(round)")
                let list = try await reader.send(.get, "/v1/products?limit=50")
                #expect(list["items"][0]["name"].text == "Web \(round)")
            }
        }
    }

    @Test("are forgotten as soon as the news arrive of whoever changes the catalogue by another way")
    func news() async throws {
        try await withServers { servers in
            _ = try await product(servers.one)
            let list = "/v1/product-families"
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: servers.server.installation.broadcast)], logger: .silent))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let scope = TenantScope(
                    try await servers.server.installation.tenants.require(slug: servers.company))
                let called = try #require(Text<1, 120>("Hosting"))
                // The listener may not be there yet when the first name is given.
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await servers.one.send(.get, list)["items"].items.isEmpty)
                let began = ContinuousClock.now
                // As the command line does, which knows no Redis.
                let bare = try TestServer.installation(on: servers.server.database)
                try await bare.database.write(scope) { tx in
                    _ = try await bare.catalog.families.create([called], in: tx)
                }
                while try await servers.one.send(.get, list)["items"].items.isEmpty {
                    try await Task.sleep(for: .milliseconds(2))
                }
                // Without news it would take five.
                #expect(ContinuousClock.now - began < .seconds(3))
                #expect(try await servers.two.send(.get, list)["items"].items.count == 1)
                await bare.shutDown()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test("are looked up each time while Redis is away, and nobody is refused")
    func withoutRedis() async throws {
        try await withServers { servers in
            let path = try await product(servers.one)
            #expect(try await name(servers.one, path) == "Web")
            try await servers.redis.crash()
            try await rename(to: "Seen", servers)
            #expect(try await name(servers.one, path) == "Seen")
            let change: JSONValue = ["name": "Changed"]
            #expect(try await servers.one.send(.patch, path, change).status == 200)
            for client in [servers.one, servers.two] {
                #expect(try await name(client, path) == "Changed")
            }
        }
    }

    @Test("are another company's under no circumstances, and differ with what a role may do")
    func apart() async throws {
        try await withServers { servers in
            let path = try await product(servers.one)
            let other = try #require(Slug("other"))
            try await servers.server.company(other)
            let strangers = [
                try await servers.one.signedIn(try await servers.server.user(.owner, of: other)),
                try await servers.two.signedIn(try await servers.server.user(.staff, of: other)),
            ]
            #expect(try await servers.one.send(.get, path).status == 200)
            for stranger in strangers {
                #expect(try await stranger.send(.get, path).status == 404)
                #expect(try await stranger.send(.get, "/v1/products")["items"].items.isEmpty)
            }
            let reader = try await servers.two.signedIn(
                try await servers.server.user(.readOnly, of: servers.company))
            #expect(try await servers.one.send(.get, path)["actions"].items.isEmpty == false)
            #expect(try await reader.send(.get, path)["actions"].items.isEmpty)
        }
    }
}
