import Foundation
import Kernel
import Logging
import Memories
import Platform
import Redis
import TestKit
import Testing

/// Two processes that remember for each other in a Redis.
@Suite("Copies in Redis", .timeLimit(.minutes(1)))
struct CopiesTests {
    private let tenant = TenantID.new()
    private let secret = SecretBox.newSecret()

    private func withProcesses(
        _ url: String,
        _ body: (_ process: (StandingClock?) throws -> Memory<String>, Editions) async throws
            -> Void
    ) async throws {
        let pool = try RedisPool(
            RedisSettings(url: url),
            logger: Logger(label: "tests") { _ in
                SwiftLogNoOpLogHandler()
            })
        let box = try #require(SecretBox(secret: secret))
        try await body(
            { clock in
                let copies = Copies<String>(
                    "tests", redis: Redis(pool), secrets: box, encode: { Data($0.utf8) },
                    decode: { String(decoding: $0, as: UTF8.self) })
                guard let clock else { return Memory(capacity: 10, copies: copies) }
                return Memory(capacity: 10, copies: copies, now: clock.now)
            }, Editions(redis: Redis(pool), secrets: box))
        await pool.shutDown()
    }

    /// As a server reads it with each request.
    private func edition(_ editions: Editions, _ url: String) async throws -> Edition {
        let pool = try RedisPool(
            RedisSettings(url: url),
            logger: Logger(label: "tests") { _ in
                SwiftLogNoOpLogHandler()
            })
        let text = try await Redis(pool).get(editions.key(of: tenant))?.text ?? ""
        await pool.shutDown()
        return Edition(text)
    }

    @Test("what one process looked up the other need not, until another edition begins")
    func shared() async throws {
        let url = try await TestRedis.shared.url()
        try await withProcesses(url) { process, editions in
            let (one, two) = (try process(nil), try process(nil))
            let before = try await edition(editions, url)
            #expect(try await one.value(of: "a", tenant, in: before) { "old" } == "old")
            #expect(try await two.value(of: "a", tenant, in: before) { throw NotAsked() } == "old")
            try await editions.begin(of: tenant)
            let after = try await edition(editions, url)
            #expect(after != before)
            for memory in [one, two] {
                #expect(try await memory.value(of: "a", tenant, in: after) { "new" } == "new")
            }
        }
    }

    @Test("a look that was overtaken by news is believed by nobody who knows of them")
    func overtaken() async throws {
        let url = try await TestRedis.shared.url()
        try await withProcesses(url) { process, editions in
            let (one, two) = (try process(nil), try process(nil))
            let before = try await edition(editions, url)
            let stale = try await one.value(of: "a", tenant, in: before) {
                try await editions.begin(of: tenant)
                return "old"
            }
            #expect(stale == "old")
            let after = try await edition(editions, url)
            for memory in [two, one] {
                #expect(try await memory.value(of: "a", tenant, in: after) { "new" } == "new")
            }
        }
    }

    @Test("a copy is no younger in the process that takes it than in the one that made it")
    func age() async throws {
        let url = try await TestRedis.shared.url()
        try await withProcesses(url) { process, editions in
            let (made, taken) = (StandingClock(), StandingClock())
            let (one, two) = (try process(made), try process(taken))
            let edition = try await edition(editions, url)
            let look: @Sendable () async throws -> String = {
                made.advance(.milliseconds(4900))
                return "old"
            }
            #expect(try await one.value(of: "a", tenant, in: edition, look) == "old")
            // A tenth of a second is left of it, for the copy as for the one who takes it.
            _ = try await two.value(of: "a", tenant, in: edition) { "new" }
            taken.advance(.milliseconds(100))
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await two.value(of: "a", tenant, in: edition) { "new" } == "new")
        }
    }

    @Test("another tenant, another kind of value and another installation get nothing of it")
    func apart() async throws {
        let url = try await TestRedis.shared.url()
        try await withProcesses(url) { process, editions in
            let edition = try await edition(editions, url)
            #expect(try await process(nil).value(of: "a", tenant, in: edition) { "ours" } == "ours")
            let other = try process(nil)
            #expect(try await other.value(of: "a", TenantID.new(), in: edition) { "theirs" } == "theirs")
            #expect(try await other.value(of: "b", tenant, in: edition) { "another" } == "another")
        }
        try await CopiesTests().withProcesses(url) { process, _ in
            let elsewhere = try process(nil)
            #expect(try await elsewhere.value(of: "a", tenant, in: Edition("")) { "new" } == "new")
        }
    }

    @Test("without Redis the process remembers alone, and nobody fails")
    func gone() async throws {
        try await OwnRedis.run { redis in
            try await withProcesses(redis.url) { process, editions in
                let (one, two) = (try process(nil), try process(nil))
                let edition = Edition("")
                #expect(try await one.value(of: "a", tenant, in: edition) { "one" } == "one")
                try await redis.crash()
                #expect(try await one.value(of: "a", tenant, in: edition) { throw NotAsked() } == "one")
                #expect(try await two.value(of: "a", tenant, in: edition) { "two" } == "two")
                try await editions.begin(of: tenant)
            }
        }
    }
}
