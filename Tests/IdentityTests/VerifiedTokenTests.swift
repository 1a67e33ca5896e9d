import Kernel
import Testing

@testable import Identity

@Suite("Tokens that were verified before")
struct VerifiedTokenTests {
    private let store = KeyStore()

    private func token(_ tokens: AccessTokens) async throws -> String {
        try await tokens.issue(to: .example(), of: TenantID.new(), in: SessionID.new())
    }

    @Test("are not verified again, and say the same")
    func once() async throws {
        let memory = VerifiedTokens()
        let key = try await store.newKey()
        let claims = AccessClaims(
            iss: "mpanel", sub: .new(), sid: .new(), tenant: .new(), customer: nil, role: .staff, iat: 1,
            exp: 2)
        let first = try await memory.claims(in: "token") { (claims, key.id) }
        let second = try await memory.claims(in: "token") {
            Issue.record("it was verified again")
            return nil
        }
        #expect(first?.claims == claims && second?.claims == claims && second?.key == key.id)
    }

    @Test("hold no longer than their key")
    func key() async throws {
        let key = try await store.newKey()
        store.add(key)
        let keys = store.process()
        let tokens = AccessTokens(keys: keys, clock: store.clock)
        let token = try await token(tokens)
        _ = try await tokens.actor(of: token)
        // Taken out of the table by hand, as after a theft.
        store.remove(key.id)
        store.add(try await store.newKey())
        try await keys.load()
        await #expect(throws: Problem.unauthenticated) { try await tokens.actor(of: token) }
    }

    @Test("are few: what is not valid is not remembered, and whoever has many tokens fills no memory")
    func bounded() async throws {
        let memory = VerifiedTokens()
        let key = try await store.newKey()
        let claims = AccessClaims(
            iss: "mpanel", sub: .new(), sid: .new(), tenant: .new(), customer: nil, role: .staff, iat: 1,
            exp: 2)
        #expect(try await memory.claims(in: "forged") { nil } == nil)
        let long = String(repeating: "x", count: 1025)
        #expect(try await memory.claims(in: long) { (claims, key.id) } != nil)
        #expect(memory.count == 0)
        for number in 0..<VerifiedTokens.capacity + 10 {
            _ = try await memory.claims(in: "token \(number)") { (claims, key.id) }
            #expect(memory.count <= VerifiedTokens.capacity)
        }
    }
}
