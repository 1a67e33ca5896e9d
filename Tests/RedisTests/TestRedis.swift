import Foundation
import Logging
import Synchronization

@testable import Redis

/// A real server of one test's own, on a unix socket in a directory of its own.
final class TestRedis: Sendable {
    let directory: String
    private let options: [String]
    private let process = Mutex<pid_t?>(nil)

    init(_ options: [String]) throws {
        directory = "/tmp/mpanel-redis-\(UUID().uuidString.prefix(8))"
        self.options = options
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    var url: String { "unix://\(directory)/s" }

    /// Starts it and returns when it answers.
    func start() async throws {
        let given =
            [
                "redis-server", "--port", "0", "--unixsocket", directory + "/s", "--dir", directory,
                "--logfile", directory + "/log", "--save", "", "--enable-debug-command", "yes",
            ] + options
        var arguments = given.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var id: pid_t = 0
        guard posix_spawnp(&id, "redis-server", nil, nil, arguments, environ) == 0 else { throw NoServer() }
        process.withLock { [id] in $0 = id }
        guard FileManager.default.fileExists(atPath: directory) else { throw NoServer() }
        let isUp = await eventually {
            do {
                await (try RedisConnection.open(try RedisSettings(url: self.url))).close()
                return true
            } catch {
                // One that wants a password answers too.
                return "\(error)".contains("NOAUTH")
            }
        }
        if !isUp { throw NoServer() }
    }

    /// As when the machine crashes.
    func kill() {
        end(SIGKILL)
    }

    /// It neither answers nor hangs up.
    func freeze() {
        if let id = process.withLock({ $0 }) { Foundation.kill(id, SIGSTOP) }
    }

    func thaw() {
        if let id = process.withLock({ $0 }) { Foundation.kill(id, SIGCONT) }
    }

    func remove() {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func end(_ signal: Int32) {
        guard let id = process.withLock({ $0 }) else { return }
        process.withLock { $0 = nil }
        Foundation.kill(id, signal)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
}

struct NoServer: Error {}

/// Runs a test with a server of its own and removes it.
func withRedis(_ options: String..., test: (TestRedis) async throws -> Void) async throws {
    let server = try TestRedis(options)
    defer { server.remove() }
    try await server.start()
    try await test(server)
}

/// Runs a test with one connection to a server of its own.
func withConnection(
    limit: Duration = .seconds(1), inFlight: Int = 4096,
    _ test: (RedisConnection, TestRedis) async throws -> Void
) async throws {
    try await withRedis { server in
        var chosen = try RedisSettings(url: server.url)
        chosen.commandLimit = limit
        chosen.commandsInFlight = inFlight
        let connection = try await RedisConnection.open(chosen)
        try await test(connection, server)
        await connection.close()
    }
}

/// Runs a test with the front door to a server of its own.
func withPool(
    limit: Duration = .seconds(1), connectLimit: Duration = .seconds(2),
    _ test: (Redis, RedisPool, TestRedis) async throws -> Void
) async throws {
    try await withRedis { server in
        var chosen = try RedisSettings(url: server.url)
        chosen.commandLimit = limit
        chosen.connectLimit = connectLimit
        let pool = RedisPool(chosen, logger: quiet)
        try await test(Redis(pool), pool, server)
        await pool.shutDown()
    }
}

let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

extension RedisConnection {
    /// What the server echoes.
    func echo(_ text: String, limit: Duration? = nil) async throws -> String? {
        try await send(RedisCommand("ECHO", text), limit: limit).requiredValue().text
    }

    /// Keeps the server busy: it answers nobody meanwhile.
    func sleep(seconds: String, limit: Duration? = nil) async throws {
        _ = try await send(RedisCommand("DEBUG", "SLEEP", seconds), limit: limit)
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

/// How long it took, and how it ended.
func timed<Value>(_ body: () async throws -> Value) async -> (Duration, Result<Value, any Error>) {
    let began = ContinuousClock.now
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    return (ContinuousClock.now - began, result)
}
