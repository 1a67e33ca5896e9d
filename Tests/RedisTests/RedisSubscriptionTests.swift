import Foundation
import Testing

@testable import Redis

@Suite("Publishing and hearing", .timeLimit(.minutes(2)))
struct RedisSubscriptionTests {
    private let news = RedisKey("news")
    private let odd = RedisKey("it's:odd")

    @Test("Messages arrive in order, with their channel, and those of other channels do not")
    func hearing() async throws {
        try await withPool { redis, _, server in
            let subscription = RedisSubscription(try RedisSettings(url: server.url), logger: quiet)
            var events = subscription.events(on: [news, odd]).makeAsyncIterator()
            #expect(await events.next() == .gap)
            #expect(try await redis.publish("1", on: news) == 1)
            #expect(try await redis.publish("x", on: RedisKey("other")) == 0)
            try await redis.publish("", on: odd)
            try await redis.publish("é", on: news)
            #expect(await events.next() == .message(channel: news, payload: "1"))
            #expect(await events.next() == .message(channel: odd, payload: ""))
            #expect(await events.next() == .message(channel: news, payload: "é"))
        }
    }

    @Test("After the server was away it hears again and says that something may be missing")
    func reconnecting() async throws {
        try await withPool { redis, _, server in
            let subscription = RedisSubscription(try RedisSettings(url: server.url), logger: quiet)
            var events = subscription.events(on: [news]).makeAsyncIterator()
            for round in 0..<3 as Range<Int64> {
                #expect(await events.next() == .gap)
                #expect(await eventually { (try? await redis.publish(RedisValue(round), on: news)) == 1 })
                #expect(await events.next() == .message(channel: news, payload: RedisValue(round)))
                server.kill()
                try await server.start()
            }
        }
    }

    @Test("A reader who is too slow is told, and costs bounded memory")
    func slowReader() async throws {
        try await withPool { redis, _, server in
            let subscription = RedisSubscription(try RedisSettings(url: server.url), logger: quiet)
            var events = subscription.events(on: [news], buffering: 4).makeAsyncIterator()
            #expect(await events.next() == .gap)
            var heard = 0
            // Nobody reads while these arrive, unless the machine is so busy that they arrive late.
            let isTold = try await eventually {
                for _ in 0..<100 { try await redis.publish("news", on: news) }
                try await redis.publish("last", on: news)
                var hasGap = false
                heard = 0
                while let event = await events.next(), event != .message(channel: news, payload: "last") {
                    hasGap = hasGap || event == .gap
                    heard += 1
                }
                return hasGap
            }
            #expect(isTold)
            #expect(heard < 100)
        }
    }

    @Test("Cancelling the reader ends the stream and closes the connection")
    func cancelling() async throws {
        try await withPool { _, pool, server in
            let subscription = RedisSubscription(try RedisSettings(url: server.url), logger: quiet)
            let events = subscription.events(on: [news])
            let reader = Task {
                var count = 0
                for await _ in events { count += 1 }
                return count
            }
            func listeners() async throws -> RedisReply {
                try await pool.send(RedisCommand("PUBSUB", "NUMSUB", "mpanel:news"))
            }
            #expect(
                try await eventually {
                    try await listeners() == .array([.value("mpanel:news"), .integer(1)])
                })
            reader.cancel()
            #expect(await reader.value <= 1)
            #expect(
                try await eventually {
                    try await listeners() == .array([.value("mpanel:news"), .integer(0)])
                })
        }
    }

    @Test("It waits for a server that is not there yet")
    func waiting() async throws {
        let server = try TestRedis([])
        defer { server.remove() }
        let subscription = RedisSubscription(try RedisSettings(url: server.url), logger: quiet)
        var events = subscription.events(on: [news]).makeAsyncIterator()
        try await server.start()
        #expect(await events.next() == .gap)
    }
}
