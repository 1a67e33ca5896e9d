import Kernel
import Logging
import Redis
import Seeds
import TestKit
import Testing

@testable import Limits

let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

@Suite("The window in Redis", .timeLimit(.minutes(2)))
struct RedisWindowTests {
    @Test("does exactly what the window in Swift does, whatever comes when", arguments: seeds.prefix(10))
    func same(seed: UInt64) async throws {
        var random = Seeded(seed)
        let count = Int64.random(in: 1...12, using: &random)
        let quota = try #require(RateQuota(count, windowSeconds: .random(in: 30...90, using: &random)))
        try await withRedis { redis in
            var window = SlidingWindow()
            var now = Int64.random(in: 1_700_000_000_000...1_800_000_000_000, using: &random)
            let key = RedisKey("tests", "same", "\(UInt64.random(in: .min ... .max))")
            for step in 0..<300 {
                now += .random(in: 0...quota.windowMilliseconds * 3 / quota.count, using: &random)
                // Rarely a long pause, and rarely a clock that is set back.
                if Int.random(in: 0..<40, using: &random) == 0 { now += 2 * quota.windowMilliseconds }
                if Int.random(in: 0..<40, using: &random) == 0 { now -= quota.windowMilliseconds / 3 }
                var expected = window.state(quota, at: now)
                if expected.waitMilliseconds == 0 {
                    window.add()
                    expected = WindowState(
                        remaining: expected.remaining - 1, waitMilliseconds: 0,
                        resetMilliseconds: expected.resetMilliseconds)
                }
                let found = try await take(key, quota, at: now, redis)
                #expect(found == expected, "seed \(seed), step \(step)")
            }
        }
    }

    @Test("a thousand at once: exactly the quota passes, and the store forgets the rest by itself")
    func atOnce() async throws {
        let quota = try #require(RateQuota(100, windowSeconds: 60))
        try await withRedis { redis in
            let key = RedisKey("tests", "once", "\(UInt64.random(in: .min ... .max))")
            let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        try await take(key, quota, at: 1_800_000_000_000, redis)?.waitMilliseconds == 0
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(passed == 100)
            #expect(try await redis.expire(key, in: .milliseconds(1)))
        }
    }

    private func take(
        _ key: RedisKey, _ quota: RateQuota, at now: Int64, _ redis: Redis
    ) async throws -> WindowState? {
        let reply = try await redis.run(
            script: WindowScript.take, keys: [key],
            arguments: [RedisValue(now), RedisValue(quota.count), RedisValue(quota.windowMilliseconds)])
        return WindowState.all(in: reply).first
    }

    private func withRedis(_ body: (Redis) async throws -> Void) async throws {
        let pool = RedisPool(try RedisSettings(url: try await TestRedis.shared.url()), logger: quiet)
        try await body(Redis(pool))
        await pool.shutDown()
    }
}
