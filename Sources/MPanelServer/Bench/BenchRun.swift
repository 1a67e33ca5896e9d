import Foundation
import Kernel
import Logging
import Platform
import Postgres
import Schema
import Subscriptions
import Tenancy
import Web

/// The cluster of a benchmark: seeds are databases, and each run gets a copy of one.
struct BenchRun: Sendable {
    let lease: PrivateCluster.Lease
    let home: String
    /// Where the server keeps the rows for the floor.
    let directory: String
    let workers: Int

    func migrate() async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        _ = try await Migrator(owner: PostgresSettings(url: lease.ownerURL), logger: logger).migrate(
            Schema.migrations)
        // The server writes there, as whichever user it runs.
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        chmod(directory, 0o777)
    }

    func seed(_ name: String, tenants: Int, subscriptions: Int) async throws {
        Terminal.say("Seeding \(tenants) tenants with \(subscriptions) due subscriptions each.")
        let admin = try await connection("postgres")
        try await admin.execute(script: "CREATE DATABASE \(name) TEMPLATE mpanel")
        try await BenchSeed.fill(tenants: tenants, subscriptions: subscriptions, over: connection(name))
    }

    /// Bills a copy of a seed, then writes the same rows by COPY.
    func bill(_ seed: String) async throws -> BenchTime {
        let copy = "bench_copy"
        let admin = try await connection("postgres")
        try await admin.execute(script: "CREATE DATABASE \(copy) TEMPLATE \(seed)")
        try await admin.execute(script: "CHECKPOINT")
        let run = try await time { try await billAll(copy) }
        let inside = try await connection(copy)
        let rows = try await BenchFloor.rows(over: inside)
        try await BenchFloor.export(to: directory, over: inside)
        let floor = min(try await floor(copy, connections: 1), try await floor(copy, connections: 2))
        try await admin.execute(script: "DROP DATABASE \(copy) WITH (FORCE)")
        return BenchTime(run: run, floor: floor, rows: rows)
    }

    /// Events on their way, and jobs, in a database of their own.
    func events() async throws -> EventFigures {
        let name = "bench_events"
        try await seed(name, tenants: EventBench.tenants, subscriptions: 1)
        let installation = try installation(on: name)
        let listener = Listener(PostgresSettings(url: url(lease.appURL, name)), logger: installation.logger)
        var figures = try await EventBench(installation: installation, listener: listener).measure()
        figures.jobsPerSecond = try await JobBench(installation: installation).measure()
        await installation.shutDown()
        return figures
    }

    func installation(
        on name: String, _ change: (inout Installation.Parts) -> Void = { _ in }
    ) throws -> Installation {
        guard let box = SecretBox(secret: SecretBox.newSecret()) else {
            throw Complaint("The system gives no random numbers.")
        }
        var parts = Installation.Parts(
            appURL: url(lease.appURL, name), systemURL: url(lease.systemURL, name), secrets: box)
        parts.connections = workers * (workers + 2) + 3
        change(&parts)
        let logger = Logger(label: "bench") { label in
            JSONLogHandler(label: label, level: .error, write: Terminal.log)
        }
        return Installation(parts, logger: logger)
    }

    func billAll(_ name: String) async throws {
        let installation = try installation(on: name)
        let tenants = try await installation.tenants.all().map(\.id)
        let reports = try await installation.subscriptions.billing.runAll(
            tenants.map { BillingRequest(scope: TenantScope($0), workers: workers) })
        await installation.shutDown()
        guard try reports.allSatisfy({ try $0.get().failed.isEmpty }) else {
            throw Complaint("The benchmark's run left items out.")
        }
    }

    private func floor(_ name: String, connections: Int) async throws -> Duration {
        try await BenchFloor.prepare(over: connection(name))
        return try await time {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // The largest table on one connection, the others on the other.
                let shares =
                    connections == 1
                    ? [BenchFloor.tables]
                    : [["invoice_lines", "outbox_events"], ["invoices", "billed_terms", "postings"]]
                for share in shares {
                    group.addTask {
                        let connection = try await connection(name)
                        for table in share {
                            try await BenchFloor.copy(table, from: directory, over: connection)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func time(_ body: () async throws -> Void) async throws -> Duration {
        let start = ContinuousClock.now
        try await body()
        return ContinuousClock.now - start
    }

    func connection(_ database: String) async throws -> Connection {
        var settings = PostgresSettings(url: url(lease.superuserURL, database))
        settings.statementLimit = .zero
        return try await Connection.open(settings)
    }

    func url(_ text: String, _ database: String) -> String {
        text.replacing(/@\/[^?]*\?/, with: "@/\(database)?")
    }
}
