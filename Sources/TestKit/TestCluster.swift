import Foundation
import Kernel
import Logging
import Postgres
import Schema
import Synchronization

/// One PostgreSQL for all tests of a process, with a migrated template, and a copy of the template for each
/// that asks.
package actor TestCluster {
    package static let shared = TestCluster()

    private var opening: Task<PrivateCluster.Lease, any Error>?
    private var copies = 0
    private let prefix = "test_\(getpid())_"

    /// A database with all tables and no rows; nobody else has it.
    package func database() async throws -> TestDatabase {
        let lease = try await lease()
        copies += 1
        let name = prefix + String(copies)
        try await execute("CREATE DATABASE \(name) TEMPLATE mpanel", lease)
        return TestDatabase(lease: lease, name: name)
    }

    /// An empty database, for those who migrate it themselves.
    package func emptyDatabase() async throws -> TestDatabase {
        let lease = try await lease()
        copies += 1
        let name = prefix + String(copies)
        try await execute("CREATE DATABASE \(name) OWNER mpanel_owner", lease)
        return TestDatabase(lease: lease, name: name)
    }

    private func lease() async throws -> PrivateCluster.Lease {
        if let opening { return try await opening.value }
        let task = Task { try await TestCluster.open() }
        opening = task
        return try await task.value
    }

    private static func open() async throws -> PrivateCluster.Lease {
        let home = FileManager.default.temporaryDirectory.appending(path: "mpanel-tests-\(getuid())")
        let cluster = PrivateCluster(home: home.path(), durable: false)
        let lease = try await cluster.acquire { _ in }
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        // A landed migration never changes, one being written does: then the template is made anew.
        try await renew(lease, logger)
        stopAtExit(lease)
        return lease
    }

    private static func renew(_ lease: PrivateCluster.Lease, _ logger: Logger) async throws {
        let admin = try await Connection.open(PostgresSettings(url: lease.superuserURL))
        let stale = try await admin.all("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'") {
            try $0["datname"] as String
        }
        for name in stale where !isAlive(name) {
            try await admin.execute(script: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        }
        do {
            _ = try await Migrator(owner: PostgresSettings(url: lease.ownerURL), logger: logger)
                .migrate(Schema.migrations)
        } catch is MigrationError {
            try await admin.execute(script: "DROP DATABASE mpanel WITH (FORCE)")
            try await admin.execute(script: "CREATE DATABASE mpanel OWNER mpanel_owner")
            _ = try await Migrator(owner: PostgresSettings(url: lease.ownerURL), logger: logger)
                .migrate(Schema.migrations)
        }
    }

    /// Whether the process that made this copy still runs.
    private static func isAlive(_ name: String) -> Bool {
        name.split(separator: "_").dropFirst().first.flatMap { Int32($0) }.map { kill($0, 0) == 0 } ?? false
    }

    private static func stopAtExit(_ lease: PrivateCluster.Lease) {
        held.withLock { $0 = lease }
        atexit {
            guard let lease = TestCluster.held.withLock({ $0 }) else { return }
            let done = DispatchSemaphore(value: 0)
            Task {
                await lease.release()
                done.signal()
            }
            _ = done.wait(timeout: .now() + 30)
        }
    }

    /// What the C function at exit can reach.
    private static let held = Mutex<PrivateCluster.Lease?>(nil)

    private func execute(_ script: String, _ lease: PrivateCluster.Lease) async throws {
        let admin = try await Connection.open(PostgresSettings(url: lease.superuserURL))
        try await admin.execute(script: script)
    }
}

/// A copy of the template, and how to reach it in each role.
package struct TestDatabase: Sendable {
    package let ownerURL: String
    package let appURL: String
    package let systemURL: String
    /// Bypasses row-level security: to look at what the roles cannot see, or to break what they cannot break.
    package let superuserURL: String
    package let name: String

    init(lease: PrivateCluster.Lease, name: String) {
        self.name = name
        ownerURL = TestDatabase.url(lease.ownerURL, name)
        appURL = TestDatabase.url(lease.appURL, name)
        systemURL = TestDatabase.url(lease.systemURL, name)
        superuserURL = TestDatabase.url(lease.superuserURL, name)
    }

    /// Drops the copy; connections to it are broken off.
    package func drop() async throws {
        let admin = try await Connection.open(
            PostgresSettings(url: TestDatabase.url(superuserURL, "postgres")))
        try await admin.execute(script: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    private static func url(_ text: String, _ database: String) -> String {
        text.replacing(/@\/[^?]*\?/, with: "@/\(database)?")
    }
}
