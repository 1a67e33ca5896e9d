package import Kernel
package import Platform
package import Postgres

/// The keys of access tokens, as this process knows them: the newest signs, all verify.
package actor SigningKeys {
    /// An unknown key is looked for in the database no more often than this: anybody can invent one.
    static let reloadSeconds: Int64 = 10

    private let clock: RealClock
    private let read: @Sendable () async throws -> [SigningKey]
    private let write: @Sendable (SigningKey) async throws -> Void
    private var keys: [SigningKeyID: SigningKey] = [:]
    private var lastReload: (begun: Instant, task: Task<Void, any Error>)?

    package init(system: SystemDatabase, secrets: SecretBox, clock: RealClock) {
        self.init(clock: clock) {
            try await SigningKey.all(in: system, sealedBy: secrets)
        } write: {
            try await $0.insert(in: system, sealedBy: secrets, at: clock.now())
        }
    }

    init(
        clock: RealClock, read: @escaping @Sendable () async throws -> [SigningKey],
        write: @escaping @Sendable (SigningKey) async throws -> Void
    ) {
        self.clock = clock
        self.read = read
        self.write = write
    }

    /// Loads the keys, and makes one where there is none. Two processes that start at once may both make one,
    /// which is harmless. Throws when the secret is not the one that the keys were sealed with.
    package func load() async throws {
        try await readAll()
        if keys.isEmpty {
            try await write(try await SigningKey())
            try await readAll()
        }
    }

    /// The key to sign with.
    func newest() async throws -> SigningKey {
        if keys.isEmpty { try await load() }
        guard let newest = keys.values.max(by: { $0.id < $1.id }) else { throw Problem.unavailable }
        return newest
    }

    /// The key of this id, which another process may just have made; nil when there is none.
    func find(_ id: SigningKeyID) async throws -> SigningKey? {
        if keys[id] == nil { try await reload() }
        return keys[id]
    }

    /// Whoever comes during a reload waits for it; whoever comes soon after makes do with what it found.
    private func reload() async throws {
        let now = clock.now()
        // A clock that was set back must not keep new keys out.
        if let last = lastReload,
            (last.begun..<last.begun.adding(seconds: SigningKeys.reloadSeconds)).contains(now)
        {
            return try await last.task.value
        }
        let task = Task { try await readAll() }
        lastReload = (now, task)
        try await task.value
    }

    private func readAll() async throws {
        for key in try await read() { keys[key.id] = key }
    }
}
