import Foundation
import Testing

@testable import Redis

/// Every test runs real servers in homes of its own.
@Suite(.timeLimit(.minutes(5)))
struct PrivateRedisTests {
    private let kept = RedisKey("kept")

    @Test("A second user adopts the running server, and only the last one out stops it")
    func lastOneOutStops() async throws {
        try await withHome { home in
            let first = try await home.redis.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            let second = try await home.redis.acquire(say: home.say)
            #expect(home.serverProcess == server)
            await first.release()
            #expect(try await ask(second, RedisCommand("PING")) == .status("PONG"))
            await first.release()
            #expect(home.serverProcess == server)
            await second.release()
            #expect(home.serverProcess == nil)
            #expect(home.said.filter { $0.hasPrefix("Starting") }.count == 1)
        }
    }

    @Test("What was written survives a stop and a start, and what has an expiry keeps it")
    func dataSurvive() async throws {
        try await withHome { home in
            let first = try await home.redis.acquire(say: home.say)
            try await ask(first, RedisCommand("SET", "kept", "42", "EX", "600"))
            await first.release()
            let second = try await home.redis.acquire(say: home.say)
            #expect(try await ask(second, RedisCommand("GET", "kept")) == .value("42"))
            #expect(try await ask(second, RedisCommand("TTL", "kept")).requiredInteger() > 500)
            await second.release()
        }
    }

    @Test("Two that start at once share one server")
    func twoAtOnce() async throws {
        try await withHome { home in
            async let one = home.redis.acquire(say: home.say)
            async let other = home.redis.acquire(say: home.say)
            let (first, second) = (try await one, try await other)
            #expect(first.url == second.url)
            #expect(home.said.filter { $0.hasPrefix("Starting") }.count == 1)
            await first.release()
            #expect(try await ask(second, RedisCommand("PING")) == .status("PONG"))
            await second.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("Whoever comes while the last one leaves always gets a server that answers")
    func comingWhileLeaving() async throws {
        try await withHome { home in
            var holder = try await home.redis.acquire(say: home.say)
            for _ in 0..<12 {
                let leaving = holder
                async let gone: Void = leaving.release()
                let next = try await home.redis.acquire(say: home.say)
                await gone
                #expect(try await ask(next, RedisCommand("PING")) == .status("PONG"))
                holder = next
            }
            await holder.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("A user killed with -9 leaves the server running; the next one adopts it and stops it at last")
    func killedUser() async throws {
        try await withHome { home in
            let lease = try await home.redis.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            // Another process that holds the lock as `mpanel` would.
            let holder = try hold(home.usersLock)
            await lease.release()
            #expect(home.serverProcess == server, "somebody else still used it")
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            #expect(home.serverProcess == server, "nobody was left to stop it")

            let next = try await home.redis.acquire(say: home.say)
            #expect(home.serverProcess == server)
            await next.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("After kill -9 of the server the next start finds what had reached the disk")
    func killedServer() async throws {
        try await withHome { home in
            let first = try await home.redis.acquire(say: home.say)
            try await ask(first, RedisCommand("SET", "kept", "42"))
            let server = try #require(home.serverProcess)
            kill(server, SIGKILL)
            let second = try await home.redis.acquire(say: home.say)
            #expect(home.serverProcess != server)
            #expect(try await ask(second, RedisCommand("GET", "kept")) == .value("42"))
            await first.release()
            #expect(try await ask(second, RedisCommand("PING")) == .status("PONG"))
            await second.release()
        }
    }

    @Test("A process id that a crash left behind, and that another Redis has now, is not taken for ours")
    func otherServer() async throws {
        try await withHome { home in
            try await withHome { stranger in
                let theirs = try await stranger.redis.acquire(say: stranger.say)
                let server = try #require(stranger.serverProcess)
                let first = try await home.redis.acquire(say: home.say)
                await first.release()
                let file = home.place + "/data/redis.pid"
                try "\(server)\n".write(toFile: file, atomically: false, encoding: .utf8)
                let ours = try await home.redis.acquire(say: home.say)
                #expect(home.serverProcess != server)
                await ours.release()
                #expect(try await ask(theirs, RedisCommand("PING")) == .status("PONG"))
                await theirs.release()
            }
        }
    }

    @Test("Releasing works in a cancelled task, as a server that shuts down does it")
    func releaseWhenCancelled() async throws {
        try await withHome { home in
            let lease = try await home.redis.acquire(say: home.say)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await lease.release()
            }
            await task.value
            #expect(home.serverProcess == nil)
        }
    }

    @Test("A pool of the old server goes on with the one that the next user starts")
    func poolRecovers() async throws {
        try await withHome { home in
            let first = try await home.redis.acquire(say: home.say)
            let pool = RedisPool(try RedisSettings(url: first.url), logger: quiet)
            try await Redis(pool).set(kept, "42")
            let server = try #require(home.serverProcess)
            kill(server, SIGKILL)
            #expect(await eventually { !pool.statistics.isAvailable })
            let second = try await home.redis.acquire(say: home.say)
            #expect(await eventually { (try? await Redis(pool).get(kept)) == "42" })
            await pool.shutDown()
            await first.release()
            await second.release()
        }
    }

    @Test("The server's settings are ours: no TCP, a log of what is written, bounded memory")
    func settings() async throws {
        try await withHome { home in
            let lease = try await home.redis.acquire(say: home.say)
            let settings = [
                "port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory": "268435456",
                "maxmemory-policy": "volatile-lru", "save": "", "unixsocketperm": "700",
            ]
            for (name, value) in settings {
                let found = try await ask(lease, RedisCommand("CONFIG", "GET", name))
                #expect(try found.elements().last?.requiredValue().text == value, "\(name)")
            }
            for directory in ["run", "data", "log"] {
                let path = "\(home.place)/\(directory)"
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o700, "\(directory)")
            }
            #expect(FileManager.default.fileExists(atPath: home.place + "/log/redis.log"))
            await lease.release()
        }
    }
}
