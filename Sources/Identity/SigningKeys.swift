package import Kernel
package import Platform
package import Postgres

/// The keys of access tokens, as this process knows them.
///
/// A new key is published at once and signs ten minutes later; by then every process has read it (each does
/// once a minute) and nobody keeps a copy of the published keys from before it (they may for five minutes).
/// The one before it verifies for as long as a token lives that it signed last, and is deleted then.
package actor SigningKeys {
    /// Older than this, a key is replaced.
    static let signingDays: Int64 = 90
    static let announcedSeconds: Int64 = 600
    /// How long others may keep what we publish.
    static let publishedSeconds: Int64 = 300
    /// After this time the table is read again.
    static let freshSeconds: Int64 = 60
    /// An unknown key is looked for in the database no more often than this: anybody can invent one.
    static let reloadSeconds: Int64 = 10
    /// From the moment the next one signs: the life of a token, and as much again as a process may be late.
    static let verifyingSeconds = AccessTokens.lifetimeSeconds + announcedSeconds

    /// The table of keys.
    struct Store: Sendable {
        let read: @Sendable () async throws -> [SigningKey]
        /// Adds the key, unless there is one that signs from later than the moment.
        let add: @Sendable (SigningKey, Instant) async throws -> Void
        let delete: @Sendable ([SigningKeyID]) async throws -> Void
    }

    private let clock: RealClock
    private let store: Store
    private var keys: [SigningKeyID: SigningKey] = [:]
    private var readAt: Instant?
    private var lastReload: (begun: Instant, task: Task<Void, any Error>)?

    package init(system: SystemDatabase, secrets: SecretBox, clock: RealClock) {
        let store = Store {
            try await SigningKey.all(in: system, sealedBy: secrets)
        } add: {
            try await $0.insert(unlessAfter: $1, in: system, sealedBy: secrets, at: clock.now())
        } delete: {
            try await SigningKey.delete($0, in: system)
        }
        self.init(clock: clock, store: store)
    }

    init(clock: RealClock, store: Store) {
        self.clock = clock
        self.store = store
    }

    /// Loads the keys, and makes one where there is none. Throws when the secret is not the one that the keys
    /// were sealed with.
    package func load() async throws {
        try await readAll()
        if keys.isEmpty {
            let now = clock.now()
            try await store.add(try await SigningKey(signsFrom: now), Instant(microseconds: 0))
            try await readAll()
        }
    }

    /// What is to be done once a minute: reads the table, replaces a key that is too old, and deletes those
    /// whose tokens have all expired.
    package func tend() async throws {
        try await load()
        let now = clock.now()
        let oldest = now.adding(seconds: -SigningKeys.signingDays * 86_400)
        if let newest = inOrder.last, newest.signsFrom <= oldest { try await add(unlessAfter: oldest) }
        let retired = inOrder.filter { isRetired($0, at: now) }.map(\.id)
        if !retired.isEmpty {
            try await store.delete(retired)
            try await readAll()
        }
    }

    /// Publishes a new key, which signs from ten minutes later on. Where one is published already that does
    /// not sign yet, it is that one. Returns all keys, the oldest first.
    package func rotate() async throws -> [KeyState] {
        try await load()
        try await add(unlessAfter: clock.now())
        return states
    }

    /// All keys there are, the oldest first.
    package func list() async throws -> [KeyState] {
        try await load()
        return states
    }

    /// The key to sign with.
    func newest() async throws -> SigningKey {
        try await refresh()
        let now = clock.now()
        // A clock that runs behind the one that made the first key finds none that signs yet.
        guard let key = inOrder.last(where: { $0.signsFrom <= now }) ?? inOrder.first else {
            throw Problem.unavailable
        }
        return key
    }

    /// The key of this id, which another process may just have made; nil when there is none, or its tokens
    /// have all expired.
    func find(_ id: SigningKeyID) async throws -> SigningKey? {
        if keys[id] == nil { try await reload() }
        return keys[id].flatMap { isRetired($0, at: clock.now()) ? nil : $0 }
    }

    /// All that verify now or will.
    func published() async throws -> [SigningKey] {
        try await refresh()
        let now = clock.now()
        return inOrder.filter { !isRetired($0, at: now) }
    }
}

extension SigningKeys {
    /// What a key does now.
    package struct KeyState: Sendable {
        package enum Use: String, Sendable {
            case announced, signing, verifying
        }

        package let id: SigningKeyID
        package let use: Use
        package let signsFrom: Instant
    }

    private var states: [KeyState] {
        let now = clock.now()
        let signing = inOrder.last { $0.signsFrom <= now }
        return inOrder.map { key in
            let use: KeyState.Use =
                key.id == signing?.id ? .signing : key.signsFrom > now ? .announced : .verifying
            return KeyState(id: key.id, use: use, signsFrom: key.signsFrom)
        }
    }

    private var inOrder: [SigningKey] {
        keys.values.sorted { ($0.signsFrom, $0.id) < ($1.signsFrom, $1.id) }
    }

    /// Whether the key that came after it has been signing for so long that no token of this one lives.
    private func isRetired(_ key: SigningKey, at now: Instant) -> Bool {
        let next = keys.values.map(\.signsFrom).filter { $0 > key.signsFrom }.min()
        return next.map { $0.adding(seconds: SigningKeys.verifyingSeconds) <= now } ?? false
    }

    private func add(unlessAfter limit: Instant) async throws {
        let signsFrom = clock.now().adding(seconds: SigningKeys.announcedSeconds)
        try await store.add(try await SigningKey(signsFrom: signsFrom), limit)
        try await readAll()
    }

    /// Reads the table again when it was last read a while ago. What is known already will do while the
    /// database is away.
    private func refresh() async throws {
        if keys.isEmpty { return try await load() }
        let now = clock.now()
        if let readAt, (readAt..<readAt.adding(seconds: SigningKeys.freshSeconds)).contains(now) { return }
        // Before the table is read, so that nobody else does meanwhile.
        readAt = now
        do {
            try await readAll()
        } catch let error as CancellationError {
            throw error
        } catch let error as SigningKeyUnreadable {
            throw error
        } catch {}
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
        let now = clock.now()
        let read = try await store.read()
        keys = Dictionary(uniqueKeysWithValues: read.map { ($0.id, $0) })
        readAt = now
    }
}
