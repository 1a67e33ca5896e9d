import Foundation
import Synchronization

@testable import Redis

/// A home directory for one test, with what the server's keeper said.
final class TestHome: Sendable {
    let path: String
    let redis: PrivateRedis
    private let sentences = Mutex<[String]>([])

    init(path: String, elsewhere: String) {
        self.path = path
        redis = PrivateRedis(home: path, elsewhere: elsewhere)
    }

    var said: [String] { sentences.withLock { $0 } }
    var say: @Sendable (String) -> Void {
        { sentence in self.sentences.withLock { $0.append(sentence) } }
    }

    var place: String { URL(fileURLWithPath: path + "/redis").resolvingSymlinksInPath().path }
    var usersLock: String { place + "/users.lock" }

    /// The server's id, or nil when it does not run.
    var serverProcess: pid_t? {
        guard let file = try? String(contentsOfFile: place + "/data/redis.pid", encoding: .utf8),
            let id = file.split(separator: "\n").first.flatMap({ pid_t($0) }), kill(id, 0) == 0
        else { return nil }
        return id
    }

    /// Removes the socket's directory where it is not below the home.
    func removeSocketDirectory(of lease: PrivateRedis.Lease) throws {
        let directory = lease.url.dropFirst("unix://".count).dropLast("/redis.sock".count)
        if directory.hasPrefix("/tmp/mpanel-") {
            try FileManager.default.removeItem(atPath: String(directory))
        }
    }
}

/// Runs a test in a fresh home, stops what it left running, and removes the home.
func withHome(_ test: (TestHome) async throws -> Void) async throws {
    let path = "/tmp/mpanel-redis-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    let home = TestHome(path: path, elsewhere: path + "/elsewhere")
    defer {
        if let server = home.serverProcess { kill(server, SIGKILL) }
        try? FileManager.default.removeItem(atPath: path)
    }
    try await test(home)
}

/// The answer to one command over a connection of its own.
@discardableResult
func ask(_ lease: PrivateRedis.Lease, _ command: RedisCommand) async throws -> RedisReply {
    let connection = try await RedisConnection.open(try RedisSettings(url: lease.url))
    let reply = try await connection.send(command)
    await connection.close()
    return reply
}

/// Another process that holds `lock` shared, as an `mpanel` would. Returns when it has it.
func hold(_ lock: String) throws -> Process {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Without forking, so that killing this very process is what lets go of the lock.
    process.arguments = ["flock", "--shared", "--no-fork", lock, "sh", "-c", "echo held; exec sleep 600"]
    process.standardOutput = output
    try process.run()
    _ = output.fileHandleForReading.availableData
    return process
}
