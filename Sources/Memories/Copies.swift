package import Foundation
import Kernel
package import Platform
package import Redis

/// What processes remember for each other in Redis. Without Redis there are none, and nobody fails.
package struct Copies<Value: Sendable>: Sendable {
    /// Larger values are not copied: Redis is asked by every request, and one large answer holds up all.
    private static var mostBytes: Int { 65_536 }

    private let kind: String
    private let redis: Redis
    private let keys: MemoryKeys
    private let encode: @Sendable (Value) -> Data
    private let decode: @Sendable (Data) -> Value?

    /// `kind` tells one memory's copies from another's.
    package init(
        _ kind: String, redis: Redis, secrets: SecretBox, encode: @escaping @Sendable (Value) -> Data,
        decode: @escaping @Sendable (Data) -> Value?
    ) {
        self.kind = kind
        self.redis = redis
        keys = MemoryKeys(secrets: secrets)
        self.encode = encode
        self.decode = decode
    }

    /// Nil where there is none of this edition.
    func find(
        _ key: String, _ tenant: TenantID, _ edition: Edition
    ) async throws -> (value: Value, left: Duration)? {
        do {
            let reply = try await redis.run(
                script: CopyScript.find, keys: [keys.copy(kind, key, tenant)],
                arguments: [RedisValue(edition.text)]
            ).elements()
            guard reply.count == 2, let data = try reply[0].optionalValue()?.data, !data.isEmpty,
                let value = decode(data)
            else { return nil }
            return (value, .milliseconds(try reply[1].requiredInteger()))
        } catch is RedisError {
            return nil
        }
    }

    func keep(
        _ value: Value, as key: String, _ tenant: TenantID, _ edition: Edition, for time: Duration
    ) async throws {
        let data = encode(value)
        guard data.count <= Copies.mostBytes, time >= .milliseconds(1) else { return }
        do {
            _ = try await redis.run(
                script: CopyScript.keep, keys: [keys.copy(kind, key, tenant)],
                arguments: [
                    RedisValue(edition.text), RedisValue(data), RedisValue(Int64(time / .milliseconds(1))),
                ])
        } catch is RedisError {}
    }
}

/// A copy is a hash: e the edition in which it was found, v the value.
enum CopyScript {
    /// The value and the milliseconds that are left of it; an empty text where there is none.
    static let find = RedisScript(
        """
        local held = redis.call('HMGET', KEYS[1], 'e', 'v')
        if held[1] ~= ARGV[1] then return {'', 0} end
        return {held[2], redis.call('PTTL', KEYS[1])}
        """)

    static let keep = RedisScript(
        """
        redis.call('HSET', KEYS[1], 'e', ARGV[1], 'v', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """)
}
