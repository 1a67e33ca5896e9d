import Foundation
import Kernel
import Testing

@testable import Identity

struct SigningKeyTests {
    private let store = KeyStore()
    private let user = User.example()
    private let tenant = TenantID.new()

    private func issue(by tokens: AccessTokens) async throws -> String {
        try await tokens.issue(to: user, of: tenant, in: .new())
    }

    private func days(_ count: Int64) -> Int64 { count * 86_400 }

    @Test("of two processes that start at once one makes a key, and the other takes it")
    func first() async throws {
        let (one, two) = (store.process(), store.process())
        async let first: Void = one.load()
        async let second: Void = two.load()
        _ = try await (first, second)
        #expect(store.keys.count == 1)
        #expect(try await one.newest().id == two.newest().id)
    }

    @Test("a new key is published at once and signs when everybody knows it")
    func announcement() async throws {
        let (keys, other) = (store.process(), store.process())
        let old = try await keys.newest()
        _ = try await other.newest()
        let states = try await keys.rotate()
        #expect(states.map(\.use) == [.signing, .announced])
        let new = try #require(states.last).id
        #expect(try await keys.published().map(\.id) == [old.id, new])

        // The other process has it a minute later, which is long before the first token of it.
        store.wait(seconds: SigningKeys.freshSeconds)
        #expect(try await other.published().map(\.id) == [old.id, new])
        #expect(
            SigningKeys.freshSeconds + SigningKeys.publishedSeconds < SigningKeys.announcedSeconds)

        store.wait(seconds: SigningKeys.announcedSeconds - SigningKeys.freshSeconds - 1)
        #expect(try await keys.newest().id == old.id)
        store.wait(seconds: 1)
        #expect(try await keys.newest().id == new)
        #expect(try await other.newest().id == new)
    }

    @Test("an old key verifies until its last token has expired, and is deleted then")
    func retirement() async throws {
        let tokens = store.tokens()
        _ = try await tokens.keys.rotate()
        store.wait(seconds: SigningKeys.announcedSeconds - 1)
        let last = try await issue(by: tokens)
        store.wait(seconds: AccessTokens.lifetimeSeconds - 1)
        #expect(try await tokens.actor(of: last).kind == .user(user.id))
        try await tokens.keys.tend()
        #expect(store.keys.count == 2)

        let old = try #require(store.keys.first).id
        store.wait(seconds: SigningKeys.verifyingSeconds)
        #expect(try await tokens.keys.find(old) == nil)
        #expect(try await tokens.keys.published().map(\.id) == [try #require(store.keys.last).id])
        try await tokens.keys.tend()
        #expect(store.keys.count == 1)
        #expect(try await issue(by: tokens).isEmpty == false)
    }

    @Test("a key of ninety days is replaced, once, however many processes notice")
    func age() async throws {
        let (one, two) = (store.process(), store.process())
        try await one.load()
        store.wait(seconds: days(SigningKeys.signingDays) - 1)
        try await one.tend()
        #expect(store.keys.count == 1)
        store.wait(seconds: 1)
        async let first: Void = one.tend()
        async let second: Void = two.tend()
        _ = try await (first, second)
        try await one.tend()
        #expect(store.keys.count == 2)
        store.wait(seconds: SigningKeys.announcedSeconds + SigningKeys.verifyingSeconds)
        try await two.tend()
        #expect(store.keys.count == 1)
        #expect(try await one.newest().id == two.newest().id)
    }

    @Test("rotating twice in a row makes one key")
    func twice() async throws {
        let keys = store.process()
        let once = try await keys.rotate()
        let again = try await store.process().rotate()
        #expect(once.map(\.id) == again.map(\.id))
        #expect(again.count == 2)
    }

    @Test("unknown keys make a process read the table again, but not more than once in ten seconds")
    func reloads() async throws {
        let tokens = store.tokens()
        let good = try await issue(by: tokens)
        let before = store.reads
        for _ in 0..<5 { #expect(try await tokens.keys.find(.new()) == nil) }
        #expect(store.reads == before + 1)

        store.add(try await store.newKey())
        let late = try await issue(by: store.tokens())
        let reads = store.reads
        store.wait(seconds: 9)
        await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: late) }
        #expect(try await tokens.actor(of: good).kind == .user(user.id))
        #expect(store.reads == reads)
        store.wait(seconds: 1)
        #expect(try await tokens.actor(of: late).kind == .user(user.id))
        #expect(store.reads == reads + 1)
    }

    @Test("whoever comes while the keys are read waits for them")
    func crowd() async throws {
        let token = try await issue(by: store.tokens())
        let tokens = store.tokens()
        let before = store.reads
        let actors = try await withThrowingTaskGroup(of: Actor.self) { group in
            for _ in 0..<20 { group.addTask { try await tokens.actor(of: token) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(actors.count == 20)
        #expect(store.reads == before + 1)
    }

    @Test("a signing key shows its id and nothing else")
    func redaction() async throws {
        let key = try await store.newKey()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == key.id.description)
        #expect(!dumped.contains("secret"))
    }
}
