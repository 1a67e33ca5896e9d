package import Foundation
import Logging
import Redis
import Synchronization

/// One Redis for all tests of a process. Nobody sees another's counters there: their keys are made with each
/// test server's own secret.
package actor TestRedis {
    package static let shared = TestRedis()

    private var opening: Task<PrivateRedis.Lease, any Error>?

    /// Where it is.
    package func url() async throws -> String {
        if let opening { return try await opening.value.url }
        let task = Task {
            let home = FileManager.default.temporaryDirectory.appending(path: "mpanel-tests-\(getuid())")
            let lease = try await PrivateRedis(home: home.path()).acquire { _ in }
            TestRedis.stopAtExit(lease)
            return lease
        }
        opening = task
        return try await task.value.url
    }

    private static func stopAtExit(_ lease: PrivateRedis.Lease) {
        held.withLock { $0 = lease }
        atexit {
            guard let lease = TestRedis.held.withLock({ $0 }) else { return }
            let done = DispatchSemaphore(value: 0)
            Task {
                await lease.release()
                done.signal()
            }
            _ = done.wait(timeout: .now() + 30)
        }
    }

    /// What the C function at exit can reach.
    private static let held = Mutex<PrivateRedis.Lease?>(nil)
}

/// Whether the process has not ended. One that its parent has not taken note of yet has.
package func isRunning(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // The state stands behind the name, which is in parentheses.
    guard let status, let name = status.lastIndex(of: ")") else { return false }
    return !status[name...].hasPrefix(") Z")
}

/// A Redis of one test's own, which it may stop, freeze and start again.
package struct OwnRedis: Sendable {
    private let home: URL
    private let redis: PrivateRedis
    private let lease: PrivateRedis.Lease

    package var url: String { lease.url }
    /// The path of its unix socket.
    package var socket: String { String(lease.url.trimmingPrefix("unix://")) }

    /// Runs `body` with the server, then removes it.
    package static func run<Value: Sendable>(
        _ body: @Sendable (OwnRedis) async throws -> Value
    ) async throws -> Value {
        // The server's user, when the tests run as root, must be able to enter the home.
        let home = URL(filePath: "/tmp/mpanel-own-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(at: home) }
        let redis = PrivateRedis(home: home.path(), elsewhere: home.path() + "/elsewhere")
        let own = OwnRedis(home: home, redis: redis, lease: try await redis.acquire { _ in })
        let result: Result<Value, any Error>
        do { result = .success(try await body(own)) } catch { result = .failure(error) }
        try? own.thaw()
        await own.lease.release()
        return try result.get()
    }

    /// As when the machine crashes. Returns when it is gone.
    package func crash() async throws {
        let id = try process()
        kill(id, SIGKILL)
        while isRunning(id) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Returns when it answers again.
    package func start() async throws {
        await (try redis.acquire { _ in }).release()
    }

    /// It neither answers nor hangs up.
    package func freeze() throws {
        kill(try process(), SIGSTOP)
    }

    package func thaw() throws {
        kill(try process(), SIGCONT)
    }

    /// Every command that changed something, as the log of the server has it.
    package func written() throws -> String {
        let folder = home.appending(path: "redis/data/appendonlydir")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }.joined()
    }

    private func process() throws -> pid_t {
        let file = home.appending(path: "redis/data/redis.pid")
        let content = try String(contentsOf: file, encoding: .utf8)
        guard let id = content.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return id
    }
}
