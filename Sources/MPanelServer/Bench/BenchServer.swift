import Foundation

/// `mpanel serve` as a process of its own, as it runs for anybody, on the benchmark's PostgreSQL and Redis.
final class BenchServer {
    let port: Int
    private let process = Process()

    /// What it took from its start to its first answer that it is ready.
    private(set) var started = Duration.zero

    /// Starts it with `environment` and returns when it is ready.
    init(port: Int, home: String, environment: [String: String]) async throws {
        self.port = port
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["serve", "--host", "127.0.0.1", "--port", "\(port)"]
        process.environment = environment.merging(
            ["MPANEL_HOME": home, "SWIFT_BACKTRACE": "enable=no", "PATH": "/usr/bin:/bin"]) { own, _ in own }
        let log = home + "/serve.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        let began = ContinuousClock.now
        try process.run()
        while ContinuousClock.now < began + .seconds(30) {
            if process.isRunning, await isReady() {
                started = ContinuousClock.now - began
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        process.terminate()
        throw Complaint("The benchmark's server is not ready; its last words are in \(log).")
    }

    private func isReady() async -> Bool {
        var client = LoadClient(port: port)
        client.connections = 1
        let request = BenchRequests.get("/health/ready")
        let tally = try? await client.run(for: .zero) { _ in request }
        return tally.map { $0.refused.isEmpty } ?? false
    }

    /// Resident memory now, in MB.
    var memoryMB: Int {
        let path = "/proc/\(process.processIdentifier)/status"
        let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// Lets it drain, and returns when it has ended.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// HTTP requests as bytes, made once.
enum BenchRequests {
    static func get(_ path: String, token: String? = nil) -> [UInt8] {
        let credentials = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return Array("GET \(path) HTTP/1.1\r\nHost: api.bench.example\r\n\(credentials)\r\n".utf8)
    }

    static func post(_ path: String, json: String, token: String? = nil) -> [UInt8] {
        let credentials = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let head =
            "POST \(path) HTTP/1.1\r\nHost: api.bench.example\r\nContent-Type: application/json\r\n"
            + credentials + "Content-Length: \(json.utf8.count)\r\n\r\n"
        return Array((head + json).utf8)
    }
}
