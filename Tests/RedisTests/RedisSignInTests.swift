import Foundation
import Testing

@testable import Redis

@Suite("Getting in", .timeLimit(.minutes(2)))
struct RedisSignInTests {
    @Test("The right password gets in; a wrong one or none is refused, and not repeated in the message")
    func password() async throws {
        try await withRedis("--requirepass", "hunter2") { server in
            let connection = try await open(server.url + "?password=hunter2")
            #expect(try await connection.echo("in") == "in")
            await connection.close()
            #expect(await refusal(server.url + "?password=swordfish") == .some("WRONGPASS"))
            #expect(await refusal(server.url) == .some("NOAUTH"))
        }
    }

    @Test("A user of the server's access list gets in by name, even one who may do little")
    func user() async throws {
        try await withRedis { server in
            let admin = try await open(server.url)
            _ = try await admin.send(
                RedisCommand("ACL", "SETUSER", "app", "on", ">hunter2", "~mpanel:*", "+get", "+auth"))
            await admin.close()
            let connection = try await open(server.url + "?user=app&password=hunter2")
            #expect(try await connection.send(RedisCommand("GET", RedisKey("none"))) == .null)
            await #expect(throws: RedisError.refused(code: "NOPERM")) {
                try await connection.send(RedisCommand("FLUSHALL"))
            }
            await connection.close()
            #expect(await refusal(server.url + "?user=nobody&password=hunter2") == .some("WRONGPASS"))
        }
    }

    @Test("The database of the URL is the one that is used")
    func database() async throws {
        try await withRedis { server in
            let third = try await open(server.url + "?database=3")
            _ = try await third.send(RedisCommand("SET", RedisKey("here"), ["1"]))
            let first = try await open(server.url)
            #expect(try await first.send(RedisCommand("GET", RedisKey("here"))) == .null)
            await third.close()
            await first.close()
            #expect(await refusal(server.url + "?database=99") == .some("ERR"))
        }
    }

    @Test("A server that is not there, or whose name is not known, is told with its address")
    func absent() async throws {
        let missing = await #expect(throws: RedisUnreachable.self) {
            try await open("unix:///tmp/mpanel-no-such.sock")
        }
        #expect(missing.map { "\($0)".contains("No such file") } ?? false)
        let closed = await #expect(throws: RedisUnreachable.self) {
            try await open("redis://:hunter2@127.0.0.1:\(try freePort())")
        }
        #expect(closed.map { !"\($0)".contains("hunter2") && "\($0)".contains("127.0.0.1") } ?? false)
    }

    @Test("A server that accepts and then says nothing costs the connect limit and no more")
    func silent() async throws {
        try await FakeServer.run(greets: false) { server in
            var settings = try RedisSettings(url: server.url)
            settings.connectLimit = .milliseconds(200)
            let (took, result) = await timed { [settings] in try await RedisConnection.open(settings) }
            #expect(throws: RedisUnreachable.self) { try result.get() }
            #expect(took >= .milliseconds(200) && took < .seconds(2))
        }
    }

    @Test("Cancelling ends an attempt to connect at once")
    func cancelled() async throws {
        try await FakeServer.run(greets: false) { server in
            var settings = try RedisSettings(url: server.url)
            settings.connectLimit = .seconds(60)
            let task = Task { [settings] in try await RedisConnection.open(settings) }
            #expect(await eventually { server.connectionsEver == 1 })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    private func open(_ url: String) async throws -> RedisConnection {
        try await RedisConnection.open(try RedisSettings(url: url))
    }

    /// The word with which the server refused the connection, provided that no password is told.
    private func refusal(_ url: String) async -> Substring? {
        do {
            await (try open(url)).close()
            return nil
        } catch {
            let text = "\(error)"
            return text.contains("hunter2") || text.contains("swordfish")
                ? nil : text.split(separator: " ").last
        }
    }
}

@Suite("Encryption", .timeLimit(.minutes(2)))
struct RedisEncryptionTests {
    @Test("A server whose certificate an authority of ours signed is trusted with that authority only")
    func ownAuthority() async throws {
        try await withEncryption(names: "DNS:localhost,IP:127.0.0.1") { port, authority in
            for host in ["localhost", "127.0.0.1"] {
                let settings = try RedisSettings(url: "rediss://\(host):\(port)?ca=\(authority)")
                let connection = try await RedisConnection.open(settings)
                #expect(try await connection.echo("sealed") == "sealed")
                await connection.close()
            }
            let failure = await #expect(throws: RedisUnreachable.self) {
                try await RedisConnection.open(try RedisSettings(url: "rediss://localhost:\(port)"))
            }
            #expect(failure.map { "\($0)".contains("CERTIFICATE_VERIFY_FAILED") } ?? false)
        }
    }

    @Test("A certificate for another name is refused")
    func otherName() async throws {
        try await withEncryption(names: "DNS:elsewhere.example") { port, authority in
            for host in ["localhost", "127.0.0.1"] {
                let settings = try RedisSettings(url: "rediss://\(host):\(port)?ca=\(authority)")
                await #expect(throws: RedisUnreachable.self) { try await RedisConnection.open(settings) }
            }
        }
    }

    @Test("A file of authorities that is missing is named")
    func missingAuthority() async throws {
        await #expect(throws: RedisUnreachable.self) {
            try await RedisConnection.open(try RedisSettings(url: "rediss://localhost?ca=/nonexistent.pem"))
        }
    }

    /// A server with a certificate for these names, and the file of the authority that signed it.
    private func withEncryption(
        names: String, _ test: (_ port: Int, _ authority: String) async throws -> Void
    ) async throws {
        let port = try freePort()
        let place = "/tmp/mpanel-redis-tls-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let key = [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch", "-days", "2",
        ]
        try openssl(
            ["req", "-x509", "-subj", "/CN=Test authority", "-keyout", "\(place)/ca.key", "-out"]
                + ["\(place)/ca.pem"] + key)
        try openssl(
            ["req", "-x509", "-subj", "/CN=redis", "-addext", "subjectAltName=\(names)", "-addext"]
                + ["basicConstraints=critical,CA:FALSE", "-CA", "\(place)/ca.pem", "-CAkey"]
                + ["\(place)/ca.key", "-keyout", "\(place)/own.key", "-out", "\(place)/own.pem"] + key)
        try await withRedis(
            "--tls-port", "\(port)", "--tls-cert-file", "\(place)/own.pem", "--tls-key-file",
            "\(place)/own.key", "--tls-ca-cert-file", "\(place)/ca.pem", "--tls-auth-clients", "no"
        ) { _ in try await test(port, "\(place)/ca.pem") }
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw NoServer() }
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
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0
                && getsockname(descriptor, $0, &length) == 0
        }
    }
    if !status { throw NoServer() }
    return Int(UInt16(bigEndian: address.sin_port))
}
