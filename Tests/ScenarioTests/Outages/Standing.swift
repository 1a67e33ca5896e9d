import Foundation
import Kernel
import MPanelServer
import Postgres
import Tenancy
import TestKit
import Testing
import Web

/// A company on the real program, on a PostgreSQL and a Redis of its own, with a network between them that
/// may be cut.
struct Standing: Sendable {
    let company: Company
    let sign: TestSignIn
    let postgres: OwnCluster
    let redis: OwnRedis
    let lines: [NetworkLine]
    let network: NetworkNamespace?
    let database: TestDatabase
    let environment: [String: String]

    /// With a network namespace, servers are started in it.
    static func run(
        onDiskOf megabytes: Int? = nil, in network: NetworkNamespace? = nil,
        _ body: @Sendable (Standing) async throws -> Void
    ) async throws {
        let host = network?.storesHost ?? "127.0.0.1"
        try await OwnRedis.run { redis in
            try await OwnCluster.run(onDiskOf: megabytes) { postgres, server in
                try await NetworkLine.run(to: postgres.socket, on: host) { toPostgres in
                    try await NetworkLine.run(to: redis.socket, on: host) { toRedis in
                        let slug = try #require(Slug("acme"))
                        try await server.company(slug)
                        let standing = Standing(
                            company: try await Company(slug, on: server),
                            sign: try await server.user(.owner, of: slug), postgres: postgres, redis: redis,
                            lines: [toPostgres, toRedis], network: network, database: server.database,
                            environment: environment(
                                host, postgres: toPostgres.port, redis: toRedis.port))
                        try await body(standing)
                    }
                }
            }
        }
    }

    /// Through the lines, and hardly limited: all clients have one address.
    private static func environment(_ host: String, postgres: Int, redis: Int) -> [String: String] {
        func url(_ role: String) -> String {
            "postgresql://\(role)@\(host):\(postgres)/mpanel?sslmode=disable&gssencmode=disable"
        }
        return [
            "MPANEL_DATABASE_URL": url("mpanel_app"), "MPANEL_SYSTEM_DATABASE_URL": url("mpanel_system"),
            "MPANEL_REDIS_URL": "redis://\(host):\(redis)",
            "MPANEL_RATE_LIMIT_READ": "0", "MPANEL_RATE_LIMIT_WRITE": "0",
        ]
    }

    /// What asks for a customer of this name.
    static func customer(_ name: String) -> JSONValue {
        [
            "name": .string(name), "email": .string("\(name)@traffic.example"), "currency": "EUR",
            "address": ["country": "DE", "city": "Berlin", "street": "Weg 1", "postal_code": "10115"],
        ]
    }

    func start(_ arguments: [String]) throws -> MPanelProcess {
        try MPanelProcess(arguments, on: database, in: network, environment: environment)
    }

    /// A server that is ready, and then ends when it is told to.
    func serving(_ body: (RunningServer) async throws -> Void) async throws {
        let server = try await RunningServer(self)
        do {
            try await body(server)
        } catch {
            server.process.kill()
            throw error
        }
        try await server.stop()
    }

    func cut() throws {
        if let network { return try network.cut() }
        for line in lines { line.cut() }
    }

    func heal() throws {
        if let network { return try network.heal() }
        for line in lines { line.heal() }
    }

    /// Whatever became of requests and answers, each customer is there once, and its making in the audit log.
    func expectEachOnce(_ account: Traffic.Account) async throws {
        #expect(account.complaints == [])
        #expect(account.made.count > 30, "the traffic flowed: \(account.answers)")
        let names = try await company.texts(
            "SELECT name AS line FROM customers WHERE name LIKE 'traffic-%' ORDER BY name")
        #expect(names == account.made.keys.sorted())
        let entries = try await company.texts(
            "SELECT count(*)::text AS line FROM audit_entries WHERE verb = 'createCustomer'")
        #expect(entries == ["\(names.count)"])
        #expect(try await company.audit() == [])
    }
}

/// The real server on a port of its own.
struct RunningServer: Sendable {
    let process: MPanelProcess
    let address: String
    let port: Int

    init(_ standing: Standing, port chosen: Int? = nil, _ arguments: [String] = []) async throws {
        port = try chosen ?? freePort()
        let host = standing.network?.ownHost ?? "127.0.0.1"
        address = "http://\(host):\(port)"
        process = try standing.start(["serve", "--host", host, "--port", "\(port)"] + arguments)
        try await expect("ok", within: .seconds(30))
    }

    /// That its health check comes to say this.
    func expect(_ wanted: String, within patience: Duration) async throws {
        let status = try await ServerClient.readiness(of: address, awaiting: wanted, patience)
        #expect(status == wanted)
    }

    /// Tells it to end, and returns how long that took.
    @discardableResult
    func stop() async throws -> Duration {
        let began = ContinuousClock.now
        process.terminate()
        let ending = try await process.end()
        #expect(ending.status == 0 && !ending.wasKilled, "\(ending.errors)")
        return .now - began
    }
}
