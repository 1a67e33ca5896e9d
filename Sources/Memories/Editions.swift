package import Kernel
package import Platform
package import Redis

/// The editions of all tenants, in Redis, where all servers see a new one at once.
package struct Editions: Sendable {
    /// Longer than any copy of an edition before it lives.
    private static let lifetime = Duration.seconds(3600)

    private let redis: Redis?
    private let keys: MemoryKeys

    package init(redis: Redis?, secrets: SecretBox) {
        self.redis = redis
        keys = MemoryKeys(secrets: secrets)
    }

    /// For whoever asks Redis anyway and reads it along.
    package func key(of tenant: TenantID) -> RedisKey { keys.edition(of: tenant) }

    /// Begins another edition: nothing that was found before is believed any more by whoever asks from now
    /// on. Where Redis is away nobody learns of an edition and nobody believes any; where only this server
    /// cannot reach it, others believe for `MemoryBound` at most. Throws only when the task is cancelled.
    package func begin(of tenant: TenantID) async throws {
        guard let redis else { return }
        let text = String(UInt64.random(in: .min ... .max), radix: 36)
        do {
            try await redis.set(
                keys.edition(of: tenant), RedisValue(text), expiresIn: Editions.lifetime)
        } catch is RedisError {}
    }
}

/// The names of editions and copies. Their installation's secret is in them: a copy of its database under
/// another secret, for a rehearsal, has the same tenants and shares nothing.
struct MemoryKeys: Sendable {
    private let installation: String

    init(secrets: SecretBox) {
        installation = secrets.fingerprint(of: [], purpose: "memory")
    }

    func edition(of tenant: TenantID) -> RedisKey {
        RedisKey("memory", installation, "\(tenant)", "edition")
    }

    func copy(_ kind: String, _ key: String, _ tenant: TenantID) -> RedisKey {
        RedisKey("memory", installation, "\(tenant)", kind, key)
    }
}
