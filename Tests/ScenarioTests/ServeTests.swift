import Foundation
import TestKit
import Testing

@Suite("mpanel serve", .timeLimit(.minutes(2)))
struct ServeTests {
    @Test("runs a private Redis, says that it is ready, and leaves nothing running behind")
    func privateRedis() async throws {
        try await serve([:]) { server, address in
            #expect(try await ready(address) == ServeTests.whole)
            let redis = try #require(process(server.home + ServeTests.redisFile))
            #expect(isRunning(redis))
            server.terminate()
            let ending = try await server.end()
            #expect(ending.status == 0 && !ending.wasKilled, "\(ending.errors)")
            #expect(!isRunning(redis), "the last one out stops it")
        }
    }

    @Test("starts its private servers again when they die")
    func revival() async throws {
        let port = try freePort()
        let address = "http://127.0.0.1:\(port)"
        let server = try MPanelProcess(["serve", "--port", "\(port)"])
        defer { if server.isRunning { server.kill() } }
        #expect(try await ready(address) == ServeTests.whole)
        for file in [ServeTests.redisFile, ServeTests.postgresFile].map({ server.home + $0 }) {
            let died = try #require(process(file))
            kill(died, SIGKILL)
            let deadline = ContinuousClock.now + .seconds(60)
            while process(file) == died || process(file) == nil, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            let next = try await ServerClient.readiness(of: address, awaiting: "ok", .seconds(30))
            #expect(next == "ok")
        }
        let servers = [ServeTests.redisFile, ServeTests.postgresFile].compactMap { process(server.home + $0) }
        #expect(servers.count == 2)
        server.terminate()
        let ending = try await server.end()
        #expect(ending.status == 0 && !ending.wasKilled, "\(ending.errors)")
        #expect(!servers.contains { isRunning($0) }, "the last one out stops them")
    }

    @Test(
        "starts without a Redis too, and says that it is degraded",
        arguments: [
            ["MPANEL_REDIS_URL": "redis://127.0.0.1:1"], ["MPANEL_REDIS_BIN": "/nonexistent"],
        ])
    func withoutRedis(environment: [String: String]) async throws {
        try await serve(environment) { server, address in
            #expect(try await ready(address) == #"{"schema":"current","status":"degraded"}"#)
            server.terminate()
            let ending = try await server.end()
            #expect(ending.status == 0 && !ending.wasKilled, "\(ending.errors)")
            #expect(String(decoding: ending.output, as: UTF8.self).contains(#""level":"error""#))
        }
    }

    @Test(
        "refuses settings that nobody can mean, and quotes no password",
        arguments: [
            ("MPANEL_REDIS_URL", "http://user:hunter2@redis"), ("MPANEL_RATE_LIMIT_READ", "-1"),
            ("MPANEL_RATE_LIMIT_WRITE", "many"),
            ("MPANEL_RATE_LIMIT_SIGN_IN", "1000001"), ("MPANEL_RATE_LIMIT_FAILURES_PAIR", "-5"),
        ])
    func refused(name: String, value: String) async throws {
        try await TestServer.run { server in
            let process = try MPanelProcess(["serve"], on: server.database, environment: [name: value])
            let ending = try await process.end()
            #expect(ending.status != 0)
            #expect(ending.errors.contains(name))
            #expect(!ending.errors.contains("hunter2"))
        }
    }

    private func serve(
        _ environment: [String: String], _ body: (MPanelProcess, String) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let port = try freePort()
            let process = try MPanelProcess(
                ["serve", "--port", "\(port)"], on: server.database, environment: environment)
            defer { if process.isRunning { process.kill() } }
            try await body(process, "http://127.0.0.1:\(port)")
        }
    }

    /// The body of the answer, once there is one.
    private func ready(_ address: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            let curl = Process()
            let output = Pipe()
            curl.executableURL = URL(filePath: "/usr/bin/curl")
            curl.arguments = ["--silent", "--fail", "--max-time", "5", "\(address)/health/ready"]
            curl.standardOutput = output
            try curl.run()
            let body = try output.fileHandleForReading.readToEnd() ?? Data()
            curl.waitUntilExit()
            if curl.terminationStatus == 0 { return String(decoding: body, as: UTF8.self) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return "no answer"
    }

    private static let whole = #"{"schema":"current","status":"ok"}"#
    private static let redisFile = "/redis/data/redis.pid"
    private static let postgresFile = "/postgres/data/postmaster.pid"

    /// The process that wrote its id into this file.
    private func process(_ file: String) -> pid_t? {
        let content = try? String(contentsOfFile: file, encoding: .utf8)
        return content?.split(separator: "\n").first.flatMap { pid_t($0) }
    }
}

/// A port of the loopback that nobody listens on.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    try #require(isBound)
    return Int(UInt16(bigEndian: address.sin_port))
}
