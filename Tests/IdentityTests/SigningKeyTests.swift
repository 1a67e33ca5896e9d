import Foundation
import Kernel
import Testing

@testable import Identity

struct SigningKeyTests {
    private let store = KeyStore()
    private let user = User.example()
    private let tenant = TenantID.new()

    @Test("the first process makes a key, the next one takes it")
    func first() async throws {
        let (one, two) = (store.process(), store.process())
        try await one.load()
        try await two.load()
        #expect(store.keys.count == 1)
        #expect(try await one.newest().id == two.newest().id)
    }

    @Test("the newest key signs, and tokens of older ones hold")
    func newest() async throws {
        let tokens = store.tokens()
        let old = try await tokens.issue(to: user, of: tenant)
        store.add(try await SigningKey())
        let restarted = store.tokens()
        #expect(try await restarted.keys.newest().id == store.keys.map(\.id).max())
        #expect(try await restarted.actor(of: old).scope.tenant == tenant)
    }

    @Test("two processes that start at once both make a key and take each other's tokens")
    func race() async throws {
        let (one, two) = (store.tokens(), store.tokens())
        // Each loads before it hears of the other's key.
        let tokenOfOne = try await one.issue(to: user, of: tenant)
        store.add(try await SigningKey())
        let tokenOfTwo = try await two.issue(to: user, of: tenant)
        #expect(try await one.keys.newest().id != two.keys.newest().id)
        #expect(try await two.actor(of: tokenOfOne).scope.tenant == tenant)
        #expect(try await one.actor(of: tokenOfTwo).scope.tenant == tenant)
    }

    @Test("unknown keys make a process read the table again, but not more than once in ten seconds")
    func reloads() async throws {
        let tokens = store.tokens()
        let good = try await tokens.issue(to: user, of: tenant)
        let before = store.reads
        for _ in 0..<5 { #expect(try await tokens.keys.find(.new()) == nil) }
        #expect(store.reads == before + 1)

        store.add(try await SigningKey())
        let late = try await store.tokens().issue(to: user, of: tenant)
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
        let token = try await store.tokens().issue(to: user, of: tenant)
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
        let key = try await SigningKey()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == key.id.description)
        #expect(!dumped.contains("secret"))
    }
}
