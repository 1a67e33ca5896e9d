import Kernel
import Synchronization

@testable import Identity

/// The table of signing keys and the clock of a test.
final class KeyStore: Sendable {
    private struct State {
        var keys: [SigningKey] = []
        var reads = 0
        var now = Instant(microseconds: 1_800_000_000_000_000)
    }

    private let state = Mutex(State())

    /// How often the table was read.
    var reads: Int { state.withLock(\.reads) }
    var keys: [SigningKey] { state.withLock(\.keys) }
    var clock: RealClock { RealClock { self.state.withLock(\.now) } }

    func wait(seconds: Int64) {
        state.withLock { $0.now = $0.now.adding(seconds: seconds) }
    }

    /// A key that signs from now on.
    func newKey(id: SigningKeyID = .new()) async throws -> SigningKey {
        try await SigningKey(id: id, signsFrom: clock.now())
    }

    func add(_ key: SigningKey) {
        state.withLock { $0.keys.append(key) }
    }

    func remove(_ id: SigningKeyID) {
        state.withLock { $0.keys.removeAll { $0.id == id } }
    }

    /// What one process knows of the table.
    func process() -> SigningKeys {
        SigningKeys(
            clock: clock,
            store: SigningKeys.Store {
                self.state.withLock {
                    $0.reads += 1
                    return $0.keys
                }
            } add: { key, limit in
                self.state.withLock {
                    if !$0.keys.contains(where: { $0.signsFrom > limit }) { $0.keys.append(key) }
                }
            } delete: { ids in
                self.state.withLock { $0.keys.removeAll { ids.contains($0.id) } }
            })
    }

    func tokens() -> AccessTokens {
        AccessTokens(keys: process(), clock: clock)
    }
}

extension User {
    static func example(role: Role = .staff) -> User {
        User(
            id: .new(), email: EmailAddress("ada@example.com")!, name: Text("Ada")!, role: role,
            customer: role == .customer ? .new() : nil, version: 1, recordedAt: Instant(microseconds: 0))
    }
}
