import Foundation
import Identity
import Kernel
import Platform
import Postgres
import Redis
import Tenancy

extension BenchRun {
    private static let port = 18_290

    /// A server on a database of one tenant, one that remembers nothing on the same, and one on a database of
    /// many tenants: all there all the time and asked in turn, so that what else the machine does hits all.
    func reads(
        of invoices: Int, tenants: Int, rounds: Int, seconds: Int
    ) async throws -> ReadFigures {
        let redis = try await PrivateRedis(home: home).acquire(say: Terminal.say)
        var servers: [BenchServer] = []
        let result: Result<ReadFigures, any Error>
        do {
            let one = try await readers(tenants, of: invoices, tenants: 1)
            let many = try await readers(tenants, of: invoices, tenants: tenants)
            for (database, port) in [(one.database, 0), (many.database, 1), (one.database, 2)] {
                servers.append(
                    try await server(
                        on: database, redis: redis.url, port: BenchRun.port + port, remembers: port < 2))
            }
            try await Task.sleep(for: .seconds(2))
            var figures = ReadFigures(started: servers[0].started, idleMB: servers[0].memoryMB)
            Terminal.say("Signing \(one.readers.count + many.readers.count) readers in.")
            let first = try await ReadBench(port: servers[0].port, readers: one.readers)
            let second = try await ReadBench(port: servers[1].port, readers: many.readers)
            let previews = try await PreviewBench(port: servers[0].port, token: first.token)
            for round in 1...rounds {
                Terminal.say("Reading, round \(round) of \(rounds).")
                figures.one.append(try await first.reads(seconds: seconds))
                figures.many.append(try await second.reads(seconds: seconds))
                figures.storms.append(try await first.readsInStorm(seconds: seconds))
                figures.remembered.append(try await first.catalogue(seconds: seconds))
                figures.lookedUp.append(
                    try await first.at(port: servers[2].port).catalogue(seconds: seconds))
                figures.manyRemembered.append(try await second.catalogue(seconds: seconds))
                figures.previews.append(try await previews.run(seconds: seconds))
            }
            result = .success(figures)
        } catch {
            result = .failure(error)
        }
        for server in servers { server.stop() }
        await redis.release()
        return try result.get()
    }

    /// A database with as many invoices, divided among `tenants`, and who reads them.
    private func readers(
        _ count: Int, of invoices: Int, tenants: Int
    ) async throws -> (database: String, readers: [ReadSeed.Reader]) {
        let name = "bench_reads_\(tenants)"
        try await seed(name, tenants: tenants, subscriptions: invoices / tenants)
        try await billAll(name)
        // As cheap as bcrypt gets: it is signed in that often.
        try await user("model@bench.example", passwordCost: 4, of: name)
        let readers = try await ReadSeed.fill(readers: count, over: connection(name))
        try await user(ReadBench.emailOfStorm, passwordCost: 10, of: name)
        return (name, readers)
    }

    private func user(_ email: String, passwordCost: Int, of name: String) async throws {
        let installation = try installation(on: name) { $0.passwordCost = passwordCost }
        guard let tenant = try await installation.tenants.all().first, let email = EmailAddress(email),
            let called = Text<1, 120>("Bench"), let password = Password(ReadBench.password)
        else { throw Complaint("The benchmark's database has no tenant.") }
        try await installation.create(
            Users.Draft(email: email, name: called, role: .owner, password: password),
            in: TenantScope(tenant.id))
        await installation.shutDown()
    }

    private func server(
        on name: String, redis: String, port: Int, remembers: Bool
    ) async throws -> BenchServer {
        let directory = "\(home)/\(port)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return try await BenchServer(
            port: port, home: directory,
            environment: [
                "MPANEL_DATABASE_URL": url(lease.appURL, name),
                "MPANEL_SYSTEM_DATABASE_URL": url(lease.systemURL, name), "MPANEL_REDIS_URL": redis,
                "MPANEL_SECRET_KEY": String(repeating: "5a", count: 32),
                "MPANEL_REMEMBER_ANSWERS": remembers ? "true" : "false",
                // Counted as always, and never used up.
                "MPANEL_RATE_LIMIT_READ": "1000000", "MPANEL_RATE_LIMIT_SIGN_IN": "1000000",
                "MPANEL_RATE_LIMIT_FAILURES_PAIR": "1000000",
                "MPANEL_RATE_LIMIT_FAILURES_ADDRESS": "1000000",
                "MPANEL_RATE_LIMIT_FAILURES_ACCOUNT": "1000000",
            ])
    }
}
