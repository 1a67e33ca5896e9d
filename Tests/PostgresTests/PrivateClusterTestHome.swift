import Foundation
import Postgres
import Synchronization

/// A home directory for one test, with what the cluster said.
final class TestHome: Sendable {
    let path: String
    let cluster: PrivateCluster
    private let sentences = Mutex<[String]>([])

    init(path: String, elsewhere: String, durable: Bool = false) {
        self.path = path
        cluster = PrivateCluster(home: path, durable: durable, elsewhere: elsewhere)
    }

    var said: [String] { sentences.withLock { $0 } }
    var say: @Sendable (String) -> Void {
        { sentence in self.sentences.withLock { $0.append(sentence) } }
    }

    var place: String { URL(fileURLWithPath: path + "/postgres").resolvingSymlinksInPath().path }
    var usersLock: String { place + "/users.lock" }

    /// The postmaster's id, or nil when it does not run.
    var serverProcess: pid_t? {
        guard let file = try? String(contentsOfFile: place + "/data/postmaster.pid", encoding: .utf8),
            let id = file.split(separator: "\n").first.flatMap({ pid_t($0) }), kill(id, 0) == 0
        else { return nil }
        return id
    }

    /// Removes the socket's directory where it is not below the home.
    func removeSocketDirectory() throws {
        let settings = try String(contentsOfFile: place + "/mpanel.conf", encoding: .utf8)
        let line = settings.split(separator: "\n").first { $0.hasPrefix("unix_socket_directories") }
        let directory = line?.split(separator: "'").last.map(String.init) ?? ""
        if directory.hasPrefix("/tmp/mpanel-") { try FileManager.default.removeItem(atPath: directory) }
    }
}

/// Runs a test in a fresh home, stops what it left running, and removes the home.
func withHome(durable: Bool = false, _ test: (TestHome) async throws -> Void) async throws {
    let path = "/tmp/mpanel-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    let home = TestHome(path: path, elsewhere: path + "/elsewhere", durable: durable)
    defer {
        if let server = home.serverProcess { kill(server, SIGQUIT) }
        try? FileManager.default.removeItem(atPath: path)
    }
    try await test(home)
}

struct PsqlFailure: Error {}

/// What one statement prints, unaligned and without headings.
@discardableResult
func psql(_ url: String, _ statement: String) async throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, url]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw PsqlFailure() }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
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
