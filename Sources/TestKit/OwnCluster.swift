import Foundation
import Logging
import MPanelServer
import Postgres
import Schema

/// A PostgreSQL of one test's own, durable as in production, which it may stop and crash.
package struct OwnCluster: Sendable {
    private let cluster: PrivateCluster
    private let lease: PrivateCluster.Lease

    /// How the server goes down.
    package enum Restart: Sendable {
        /// It breaks off its connections and shuts down in order.
        case fast
        /// It drops everything, and recovers from its log when it starts again.
        case crash
    }

    /// Runs `body` with the server as the composition root builds it, then removes the cluster.
    package static func run<Value: Sendable>(
        _ body: @Sendable (OwnCluster, TestServer) async throws -> Value
    ) async throws -> Value {
        // The server's user, when the tests run as root, must be able to enter the home.
        let home = URL(filePath: "/tmp/mpanel-own-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: home) }
        let cluster = PrivateCluster(home: home.path(), elsewhere: home.path() + "/elsewhere")
        let lease = try await cluster.acquire { _ in }
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let result: Result<Value, any Error>
        do {
            _ = try await Migrator(owner: PostgresSettings(url: lease.ownerURL), logger: logger)
                .migrate(Schema.migrations)
            let database = TestDatabase(lease: lease, name: "mpanel")
            let server = TestServer(
                installation: try TestServer.installation(on: database), database: database)
            result = .success(try await body(OwnCluster(cluster: cluster, lease: lease), server))
            await server.installation.shutDown()
        } catch {
            result = .failure(error)
        }
        await lease.release()
        return try result.get()
    }

    /// Takes the server down and starts it again.
    package func restart(_ how: Restart) async throws {
        let admin = try await Connection.open(PostgresSettings(url: lease.superuserURL))
        let directory = try await admin.first("SHOW data_directory") { try $0[0] as String } ?? ""
        let file = URL(filePath: directory).appending(path: "postmaster.pid")
        let content = try String(contentsOf: file, encoding: .utf8)
        guard let id = content.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        kill(id, how == .fast ? SIGINT : SIGQUIT)
        // The server's last act is to remove this file.
        while FileManager.default.fileExists(atPath: file.path()) {
            try await Task.sleep(for: .milliseconds(10))
        }
        await (try cluster.acquire { _ in }).release()
    }
}
