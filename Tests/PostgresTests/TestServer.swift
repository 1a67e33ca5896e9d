import Foundation
import Postgres
import Synchronization

/// A PostgreSQL server for tests alone: on a unix socket in a directory of its own, without fsync, gone at
/// exit.
struct TestServer: Sendable {
    let directory: String

    /// The server that most tests share; each has a database of its own on it.
    static func shared() throws -> TestServer {
        try running.get()
    }

    /// A database of its own with the three roles' ways into it.
    func database() async throws -> TestDatabase {
        let name = "test_\(TestServer.databases.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await Connection.open(settings("postgres", database: "postgres"))
            .execute(script: "CREATE DATABASE \(name) OWNER mpanel_owner")
        return TestDatabase(
            superuser: settings("postgres", database: name), owner: settings("mpanel_owner", database: name),
            app: settings("mpanel_app", database: name), system: settings("mpanel_system", database: name))
    }

    static func new() throws -> TestServer {
        let directory = NSTemporaryDirectory() + "mpanel-postgres-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if geteuid() == 0, let user = getpwnam("postgres") {
            chown(directory, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let server = TestServer(directory: directory)
        started.withLock { $0.append(server) }
        try server.run(
            "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        try server.start()
        try server.run(
            "psql", "--host=\(directory)", "--username=postgres", "--quiet", "--command",
            "CREATE ROLE mpanel_owner LOGIN; CREATE ROLE mpanel_app LOGIN; CREATE ROLE mpanel_system LOGIN;")
        return server
    }

    func start() throws {
        let options =
            """
            -k \(directory) -c listen_addresses= -c fsync=off -c max_connections=200 -c \
            deadlock_timeout=50ms
            """
        try run("pg_ctl", "start", "--wait", "--silent", "--log=\(directory)/log", "--options=\(options)")
    }

    func stop() throws {
        try run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
    }

    private func settings(_ role: String, database: String) -> PostgresSettings {
        PostgresSettings(url: "host=\(directory) user=\(role) dbname=\(database)")
    }

    private static let databases = Atomic(0)
    private static let started = Mutex<[TestServer]>([])

    private static let running: Result<TestServer, any Error> = Result {
        atexit {
            for server in TestServer.started.withLock({ $0 }) {
                try? server.run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")
                try? FileManager.default.removeItem(atPath: server.directory)
            }
        }
        return try new()
    }

    /// Runs a tool to its end. By posix_spawn: Foundation's Process takes a child for running as long as any
    /// descendant holds its files, and pg_ctl leaves a server behind.
    private func run(_ tool: String, _ arguments: String...) throws {
        // PostgreSQL refuses to run as root.
        let unprivileged = [
            "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--",
        ]
        let command =
            (geteuid() == 0 ? unprivileged : []) + ["/usr/lib/postgresql/15/bin/\(tool)"] + arguments
        let environment = ["PGDATA=\(directory)/data", "PATH=/usr/bin:/bin", "LC_ALL=C"]
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
        }
        for descriptor in 3..<64 as Range<Int32> { posix_spawn_file_actions_addclose(&files, descriptor) }
        var strings = (command + environment).map { strdup($0) }
        defer { for string in strings { free(string) } }
        strings.append(nil)
        let given = Array(strings[..<command.count]) + [nil]
        var pid: pid_t = 0
        var status: Int32 = posix_spawn(
            &pid, command[0], &files, nil, given, Array(strings[command.count...]))
        if status == 0 { while waitpid(pid, &status, 0) < 0, errno == EINTR {} }
        if status != 0 { throw ServerFailure(tool: tool, status: status) }
    }
}

struct ServerFailure: Error {
    let tool: String
    let status: Int32
}

/// One test's database, by role.
struct TestDatabase: Sendable {
    let superuser: PostgresSettings
    let owner: PostgresSettings
    let app: PostgresSettings
    let system: PostgresSettings

    static func new() async throws -> TestDatabase {
        try await TestServer.shared().database()
    }
}

/// Waits until something that happens by itself has happened; false after ten seconds.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) {
        mutex = Mutex(value)
    }

    var value: Value { mutex.withLock { $0 } }

    @discardableResult
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}
