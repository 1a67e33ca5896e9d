import Foundation
import LocalServers
import Testing

@testable import Redis

/// Where the private Redis may live, and what is said when it cannot.
@Suite(.timeLimit(.minutes(5)))
struct PrivateRedisPlaceTests {
    @Test("Started by root, the server runs as an unprivileged user", .enabled(if: geteuid() == 0))
    func rootDropsPrivileges() async throws {
        try await withHome { home in
            let lease = try await home.redis.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(server)")[.ownerAccountID]
            #expect(owner as? Int != 0)
            await lease.release()
        }
    }

    @Test(
        "Data that an ordinary user made are served as that user, also when root comes",
        .enabled(if: geteuid() == 0))
    func ordinaryUser() async throws {
        try await withHome { home in
            let user = try #require(FileOwner(named: "nobody"))
            for directory in ["", "/data", "/log", "/run"] {
                let path = home.path + "/redis" + directory
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false,
                    attributes: [.posixPermissions: directory.isEmpty ? 0o755 : 0o700])
                chown(path, user.userID, user.groupID)
            }
            let lease = try await home.redis.acquire(say: home.say)
            #expect(try await ask(lease, RedisCommand("PING")) == .status("PONG"))
            #expect(FileOwner(of: home.place + "/data/redis.pid") == user)
            await lease.release()
        }
    }

    @Test(
        "When root's home is closed to the server's user, the data go elsewhere and are found again",
        .enabled(if: geteuid() == 0))
    func closedHome() async throws {
        try await withHome { outer in
            // Only root gets into `closed`; the place beside it is open.
            let closed = outer.path + "/closed"
            try FileManager.default.createDirectory(
                atPath: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            let home = TestHome(path: closed + "/var", elsewhere: outer.path + "/elsewhere")
            let first = try await home.redis.acquire(say: home.say)
            try await ask(first, RedisCommand("SET", "kept", "42"))
            #expect(home.said.contains { $0.contains("cannot reach") && $0.contains("/elsewhere/") })
            #expect(home.place.hasPrefix(outer.path + "/elsewhere/"))
            #expect(home.place.hasSuffix("-redis"))
            await first.release()

            // A moved checkout takes the link along.
            let moved = TestHome(path: outer.path + "/moved/var", elsewhere: outer.path + "/elsewhere")
            try FileManager.default.moveItem(atPath: closed, toPath: outer.path + "/moved")
            let second = try await moved.redis.acquire(say: moved.say)
            #expect(try await ask(second, RedisCommand("GET", "kept")) == .value("42"))
            await second.release()
        }
    }

    @Test("A home whose path is too long for a unix socket gets a private socket directory of its own")
    func longPath() async throws {
        try await withHome { outer in
            let deep = outer.path + "/" + String(repeating: "long-name/", count: 9) + "end"
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            let home = TestHome(path: deep, elsewhere: outer.path + "/elsewhere")
            let lease = try await home.redis.acquire(say: home.say)
            #expect(try await ask(lease, RedisCommand("PING")) == .status("PONG"))
            #expect(lease.url.hasPrefix("unix:///tmp/mpanel-"))
            await lease.release()
            try home.removeSocketDirectory(of: lease)
        }
    }

    @Test("Spaces, quotes and signs in the home's path are taken as they are")
    func oddPath() async throws {
        try await withHome { outer in
            let home = TestHome(
                path: outer.path + "/o'dd \"$HOME\" `id`, ü\\", elsewhere: outer.path + "/elsewhere")
            let lease = try await home.redis.acquire(say: home.say)
            #expect(try await ask(lease, RedisCommand("PING")) == .status("PONG"))
            #expect(home.serverProcess != nil)
            await lease.release()
            #expect(home.serverProcess == nil)
            try home.removeSocketDirectory(of: lease)
        }
    }

    @Test("Where there is no redis-server, the package to install is named")
    func missingProgram() async throws {
        try await withHome { home in
            let redis = PrivateRedis(home: home.path, binaries: "/nonexistent")
            let problem = await #expect(throws: PrivateRedisProblem.self) {
                try await redis.acquire(say: home.say)
            }
            #expect(problem == .missingProgram(directory: "/nonexistent"))
            #expect("\(problem as Any)".contains("apt-get install redis-server"))
            #expect("\(PrivateRedisProblem.notInstalled)".contains("apt-get install redis-server"))
        }
    }

    @Test("A server that cannot read its data says where its log is, and starts once they are mended")
    func brokenData() async throws {
        try await withHome { home in
            let lease = try await home.redis.acquire(say: home.say)
            try await ask(lease, RedisCommand("SET", "kept", "42"))
            await lease.release()
            let folder = home.place + "/data/appendonlydir/"
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            let log = try #require(files.first { $0.hasSuffix(".incr.aof") })
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder + log))
            func write(_ data: Data) throws {
                let file = try #require(FileHandle(forUpdatingAtPath: folder + log))
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: data)
                try file.close()
            }
            try write(Data("nonsense\r\n".utf8) + whole)
            await #expect(throws: PrivateRedisProblem.startFailed(log: home.place + "/log/redis.log")) {
                try await home.redis.acquire(say: home.say)
            }
            // The failure let go of its locks.
            try write(whole)
            let next = try await home.redis.acquire(say: home.say)
            #expect(try await ask(next, RedisCommand("GET", "kept")) == .value("42"))
            await next.release()
        }
    }
}
