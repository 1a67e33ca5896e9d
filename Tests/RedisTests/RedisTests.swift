import Foundation
import Testing

@testable import Redis

@Suite("The commands", .timeLimit(.minutes(2)))
struct RedisTests {
    private let key = RedisKey("test", "it's:{odd}\r\n")
    private let other = RedisKey("test", "other")

    @Test("Values of any bytes, text and integers come back as they were set")
    func values() async throws {
        try await withPool { redis, _, _ in
            try await redis.ping()
            #expect(try await redis.get(key) == nil)
            let bytes = RedisValue(Data((0...255).map { UInt8($0) }))
            try await redis.set(key, bytes)
            #expect(try await redis.get(key) == bytes)
            #expect(try await redis.get(key)?.text == nil)
            try await redis.set(key, "grün\r\n$3")
            #expect(try await redis.get(key)?.text == "grün\r\n$3")
            try await redis.set(key, RedisValue(Int64.min))
            #expect(try await redis.get(key)?.integer == .min)
            #expect(try await redis.mget([other, key, key]).map(\.?.integer) == [nil, .min, .min])
            #expect(try await redis.mget([]) == [])
            #expect(try await redis.delete(key, other) == 1)
            #expect(try await redis.delete([]) == 0)
        }
    }

    @Test("Only the first sets what is absent, until it expires")
    func absence() async throws {
        try await withPool { redis, _, _ in
            let isFirst = try await redis.setIfAbsent(key, "a", expiresIn: .milliseconds(60))
            #expect(isFirst)
            #expect(try await !redis.setIfAbsent(key, "b", expiresIn: .seconds(60)))
            #expect(try await eventually { try await redis.setIfAbsent(key, "c") })
            #expect(try await redis.get(key) == "c")
        }
    }

    @Test("An expiry may be set with the value or later, and one too short is the shortest there is")
    func expiry() async throws {
        try await withPool { redis, _, _ in
            try await redis.set(key, "a", expiresIn: .zero)
            #expect(try await eventually { try await redis.get(key) == nil })
            #expect(try await !redis.expire(key, in: .seconds(1)))
            try await redis.set(key, "b", expiresIn: .seconds(600))
            #expect(try await redis.expire(key, in: .nanoseconds(1)))
            #expect(try await eventually { try await redis.get(key) == nil })
        }
    }

    @Test("Callers who count at the same time lose nothing")
    func counting() async throws {
        try await withPool { redis, _, _ in
            try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<200 { group.addTask { try await redis.increment(key, by: 5) } }
                var sums: Set<Int64> = []
                for try await sum in group { sums.insert(sum) }
                #expect(sums.count == 200)
            }
            #expect(try await redis.increment(key) == 1001)
            try await redis.set(key, "text")
            await #expect(throws: RedisError.refused(code: "ERR")) { try await redis.increment(key) }
        }
    }

    @Test("A hash keeps its fields")
    func hashes() async throws {
        try await withPool { redis, _, _ in
            #expect(try await redis.hashGetAll(key).isEmpty)
            try await redis.hashSet(key, ["user": "u1", "seen": 5])
            try await redis.hashSet(key, ["seen": 6])
            try await redis.hashSet(key, [:])
            #expect(try await redis.hashGetAll(key) == ["user": "u1", "seen": 6])
            await #expect(throws: RedisError.refused(code: "WRONGTYPE")) { try await redis.get(key) }
        }
    }

    @Test("A set keeps each member once")
    func sets() async throws {
        try await withPool { redis, _, _ in
            let new = try await redis.setAdd(key, ["a", "b", "a"])
            #expect(new == 2)
            #expect(try await redis.setAdd(key, []) == 0)
            #expect(try await redis.setRemove(key, ["b", "c"]) == 1)
            #expect(try await redis.setRemove(key, []) == 0)
            #expect(try await redis.setMembers(key) == ["a"])
            #expect(try await redis.setMembers(other) == [])
        }
    }

    @Test("A sorted set keeps a user's sessions in the order of their use")
    func sortedSets() async throws {
        try await withPool { redis, _, _ in
            let now: Int64 = 1_900_000_000_000_000
            let isNew = try await redis.sortedSetAdd(key, "second", score: now)
            #expect(isNew)
            #expect(try await redis.sortedSetAdd(key, "first", score: now - 1))
            #expect(try await redis.sortedSetAdd(key, "third", score: now + 1))
            #expect(try await redis.sortedSetRange(key) == ["first", "second", "third"])
            #expect(try await !redis.sortedSetAdd(key, "first", score: now + 2))
            #expect(try await redis.sortedSetRange(key, scores: now...now + 1) == ["second", "third"])
            #expect(try await redis.sortedSetRemove(key, scores: .min...now) == 1)
            #expect(try await redis.sortedSetRemove(key, ["third", "fourth"]) == 1)
            #expect(try await redis.sortedSetRemove(key, []) == 0)
            #expect(try await redis.sortedSetRange(key) == ["first"])
        }
    }

    @Test("A script that the server does not know, or has forgotten, is sent whole and then by its digest")
    func scripts() async throws {
        try await withPool { redis, pool, _ in
            let script = RedisScript("return {redis.call('INCRBY', KEYS[1], ARGV[1]), ARGV[2], false}")
            for round in 1...3 as ClosedRange<Int64> {
                let reply = try await redis.run(script: script, keys: [key], arguments: [2, "é"])
                #expect(reply == .array([.integer(2 * round), .value("é"), .null]))
                // EVALSHA and EVAL the first time, and again after the server has forgotten.
                #expect(pool.statistics.commands == [2, 3, 6][Int(round) - 1])
                if round == 2 { _ = try await pool.send(RedisCommand("SCRIPT", "FLUSH")) }
            }
        }
    }

    @Test("What a script refuses has the code that it gave, and one that is not valid Lua has one too")
    func refusingScripts() async throws {
        try await withPool { redis, _, _ in
            let limit = RedisScript("return redis.error_reply('LIMIT of ' .. KEYS[1])")
            await #expect(throws: RedisError.refused(code: "LIMIT")) {
                try await redis.run(script: limit, keys: [key])
            }
            await #expect(throws: RedisError.refused(code: "ERR")) {
                try await redis.run(script: RedisScript("not lua"), keys: [])
            }
        }
    }
}
