import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Redis

@Suite("The pool", .timeLimit(.minutes(2)))
struct RedisPoolTests {
    @Test("Nothing is opened before it is needed, and a second connection only for callers at once")
    func lazy() async throws {
        try await withPool { redis, pool, _ in
            #expect(pool.statistics == RedisStatistics())
            for _ in 0..<10 { try await redis.ping() }
            #expect(pool.statistics.opened == 1)
            #expect(
                await eventually {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<50 { group.addTask { try? await redis.ping() } }
                    }
                    return pool.statistics.connections == 2
                })
            for _ in 0..<10 {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 { group.addTask { try? await redis.ping() } }
                }
            }
            #expect(pool.statistics.opened == 2)
            #expect(pool.statistics.failures == 0)
        }
    }

    @Test("A thousand first callers share one attempt to connect")
    func firstCallers() async throws {
        try await withPool { redis, pool, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await redis.set(RedisKey("\(number)"), RedisValue(Int64(number)))
                        #expect(try await redis.get(RedisKey("\(number)"))?.integer == Int64(number))
                    }
                }
                try await group.waitForAll()
            }
            #expect(pool.statistics.opened <= 2)
            #expect(pool.statistics.commands == 2000)
        }
    }

    @Test("While the server is down callers are refused at once, and the same client recovers with it")
    func recovery() async throws {
        try await withPool { redis, pool, server in
            for _ in 0..<2 {
                try await redis.ping()
                server.kill()
                #expect(await eventually { !pool.statistics.isAvailable })
                let (took, _) = await timed {
                    for _ in 0..<200 {
                        await #expect(throws: RedisError.unavailable) { try await redis.ping() }
                    }
                }
                #expect(took < .seconds(1))
                try await server.start()
                let (back, isBack) = await timed {
                    await eventually { (try? await redis.ping()) != nil }
                }
                #expect(try isBack.get())
                #expect(back < .seconds(2))
                #expect(pool.statistics.isAvailable)
            }
            #expect(pool.statistics.failures >= 400)
        }
    }

    @Test("A restart between two commands is noticed by neither")
    func restart() async throws {
        try await withPool { redis, pool, server in
            try await redis.ping()
            server.kill()
            try await server.start()
            #expect(await eventually { (try? await redis.ping()) != nil })
            #expect(pool.statistics.connections >= 1)
        }
    }

    @Test("A server that accepts and says nothing delays the first caller only, and is tried once at a time")
    func blackHole() async throws {
        try await FakeServer.run(greets: false) { server in
            var settings = try RedisSettings(url: server.url)
            settings.connectLimit = .milliseconds(200)
            let pool = RedisPool(settings, logger: quiet)
            let redis = Redis(pool)
            let (first, result) = await timed { try await redis.ping() }
            #expect(throws: RedisError.unavailable) { try result.get() }
            #expect(first >= .milliseconds(200) && first < .seconds(1))
            let (rest, _) = await timed {
                for _ in 0..<200 {
                    await #expect(throws: RedisError.unavailable) { try await redis.ping() }
                }
            }
            #expect(rest < .seconds(1))
            #expect(await eventually { server.connectionsEver >= 4 })
            #expect(server.mostConnections == 1)
            await pool.shutDown()
        }
    }

    @Test("A server that freezes is found out, and used again once it thaws")
    func freeze() async throws {
        try await withPool(limit: .milliseconds(100), connectLimit: .seconds(1)) {
            redis, pool, server in
            try await redis.ping()
            server.freeze()
            #expect(
                await eventually {
                    try? await redis.ping()
                    return !pool.statistics.isAvailable
                })
            let (took, result) = await timed { try await redis.ping() }
            #expect(throws: RedisError.unavailable) { try result.get() }
            #expect(took < .milliseconds(500))
            server.thaw()
            #expect(await eventually { (try? await redis.ping()) != nil })
        }
    }

    @Test("A caller who is cancelled while the first connection is opened goes at once")
    func cancelledWaiter() async throws {
        try await FakeServer.run(greets: false) { server in
            var settings = try RedisSettings(url: server.url)
            settings.connectLimit = .seconds(60)
            let pool = RedisPool(settings, logger: quiet)
            let task = Task { try await Redis(pool).ping() }
            #expect(await eventually { server.connectionsEver == 1 })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(pool.statistics.failures == 0)
            await pool.shutDown()
        }
    }

    @Test("A shutdown lets commands in flight end, refuses new ones, and leaves no connection")
    func shutdown() async throws {
        try await withPool(limit: .seconds(10)) { redis, pool, server in
            let group = ServiceGroup(services: [pool], logger: quiet)
            let running = Task { try await group.run() }
            let slow = Task { try await pool.send(RedisCommand("DEBUG", "SLEEP", "0.3")) }
            #expect(await eventually { pool.statistics.commands == 1 })
            await group.triggerGracefulShutdown()
            #expect(try await slow.value == .status("OK"))
            try await running.value
            await #expect(throws: RedisError.unavailable) { try await redis.ping() }
            #expect(pool.statistics.connections == 0)
            #expect(!pool.statistics.isAvailable)
            let left = try await RedisConnection.open(try RedisSettings(url: server.url))
            let list = try await left.send(RedisCommand("CLIENT", "LIST")).requiredValue().text
            #expect(list?.split(separator: "\n").count == 1)
            await left.close()
        }
    }

    @Test("A pool that was dropped without a shutdown leaves no connection behind")
    func dropped() async throws {
        try await withRedis { server in
            let settings = try RedisSettings(url: server.url)
            let watcher = try await RedisConnection.open(settings)
            do {
                let pool = RedisPool(settings, logger: quiet)
                try await Redis(pool).ping()
            }
            #expect(
                try await eventually {
                    let list = try await watcher.send(RedisCommand("CLIENT", "LIST")).requiredValue().text
                    return list?.split(separator: "\n").count == 1
                })
            await watcher.close()
        }
    }

    @Test("A shutdown does not wait for a server that is down")
    func shutdownWhileDown() async throws {
        try await withPool { redis, pool, server in
            server.kill()
            await #expect(throws: RedisError.unavailable) { try await redis.ping() }
            let (took, _) = await timed { await pool.shutDown() }
            #expect(took < .seconds(1))
        }
    }
}
