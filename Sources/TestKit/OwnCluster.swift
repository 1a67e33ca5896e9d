import Foundation
import Logging
import MPanelServer
import Postgres
import Schema

/// A PostgreSQL of one test's own, durable as in production, which it may stop and crash.
package struct OwnCluster: Sendable {
    private let cluster: PrivateCluster
    private let lease: PrivateCluster.Lease
    private let home: URL

    /// How the server goes down.
    package enum Restart: Sendable {
        /// It breaks off its connections and shuts down in order.
        case fast
        /// It drops everything, and recovers from its log when it starts again.
        case crash
    }

    /// Runs `body` with the server as the composition root builds it, then removes the cluster. On a disk of
    /// so many megabytes, which takes root to mount, it can be `fillDisk`ed.
    package static func run<Value: Sendable>(
        onDiskOf megabytes: Int? = nil,
        _ body: @Sendable (OwnCluster, TestServer) async throws -> Value
    ) async throws -> Value {
        // The server's user, when the tests run as root, must be able to enter the home.
        let home = URL(filePath: "/tmp/mpanel-own-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: home) }
        if let megabytes {
            try SystemTool.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", home.path()])
        }
        defer { if megabytes != nil { try? SystemTool.run("umount", ["--lazy", home.path()]) } }
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
            result = .success(try await body(OwnCluster(cluster: cluster, lease: lease, home: home), server))
            await server.installation.shutDown()
        } catch {
            result = .failure(error)
        }
        await lease.release()
        return try result.get()
    }

    /// Whether this process may mount a disk: root may, but not in every container.
    package static let mayMount: Bool = {
        let place = FileManager.default.temporaryDirectory.appending(path: "mpanel-mount-\(getpid())").path()
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        guard (try? SystemTool.run("mount", ["-t", "tmpfs", "tmpfs", place])) != nil else { return false }
        return (try? SystemTool.run("umount", [place])) != nil
    }()

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
        try await start()
    }

    /// Starts it if it does not run, and returns when it takes connections.
    package func start() async throws {
        await (try cluster.acquire { _ in }).release()
    }

    /// The path of its unix socket.
    package var socket: String {
        let host = URLComponents(string: lease.superuserURL)?.queryItems?.first { $0.name == "host" }?.value
        return (host ?? "") + "/.s.PGSQL.5432"
    }

    /// Writes until the disk that was mounted for it takes no more.
    package func fillDisk() {
        try? SystemTool.run("dd", ["if=/dev/zero", "of=\(ballast)", "bs=64k"])
    }

    package func freeDisk() throws {
        try FileManager.default.removeItem(atPath: ballast)
    }

    private var ballast: String { home.appending(path: "ballast").path() }
}
