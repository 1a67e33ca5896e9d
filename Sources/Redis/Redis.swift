/// The commands that MPanel uses, typed. Every one throws a `RedisError`, or `CancellationError`.
///
/// Nothing here is the only copy of anything that matters: whoever calls has an answer for `unavailable`.
package struct Redis: Sendable {
    let pool: RedisPool

    package init(_ pool: RedisPool) {
        self.pool = pool
    }

    /// Returns when the server has answered.
    package func ping() async throws {
        _ = try await pool.send(RedisCommand("PING"))
    }

    /// Nil when there is no such key.
    package func get(_ key: RedisKey) async throws -> RedisValue? {
        try await pool.send(RedisCommand("GET", key)).optionalValue()
    }

    /// One entry for each key, in their order; nil where there is no such key.
    package func mget(_ keys: [RedisKey]) async throws -> [RedisValue?] {
        if keys.isEmpty { return [] }
        let found = try await pool.send(Redis.command("MGET", keys)).elements().map { try $0.optionalValue() }
        guard found.count == keys.count else { throw RedisError.malformed }
        return found
    }

    /// Replaces whatever the key held. Without `expiresIn`, which is rounded up to a millisecond, it stays.
    package func set(_ key: RedisKey, _ value: RedisValue, expiresIn: Duration? = nil) async throws {
        var command = RedisCommand("SET", key, [value])
        if let expiresIn {
            command.add("PX")
            command.add(milliseconds: expiresIn)
        }
        _ = try await pool.send(command)
    }

    /// False, and nothing happens, when the key holds something already.
    package func setIfAbsent(
        _ key: RedisKey, _ value: RedisValue, expiresIn: Duration? = nil
    ) async throws -> Bool {
        var command = RedisCommand("SET", key, [value])
        command.add("NX")
        if let expiresIn {
            command.add("PX")
            command.add(milliseconds: expiresIn)
        }
        return try await pool.send(command) != .null
    }

    /// How many of the keys existed.
    @discardableResult
    package func delete(_ keys: RedisKey...) async throws -> Int {
        try await delete(keys)
    }

    /// How many of the keys existed.
    @discardableResult
    package func delete(_ keys: [RedisKey]) async throws -> Int {
        if keys.isEmpty { return 0 }
        return Int(try await pool.send(Redis.command("DEL", keys)).requiredInteger())
    }

    /// The sum; an absent key counts as zero. Throws `refused` when the key holds no integer or would no
    /// longer fit.
    @discardableResult
    package func increment(_ key: RedisKey, by amount: Int64 = 1) async throws -> Int64 {
        var command = RedisCommand("INCRBY", key)
        command.add(amount)
        return try await pool.send(command).requiredInteger()
    }

    /// False when there is no such key. The duration is rounded up to a millisecond.
    @discardableResult
    package func expire(_ key: RedisKey, in duration: Duration) async throws -> Bool {
        var command = RedisCommand("PEXPIRE", key)
        command.add(milliseconds: duration)
        return try await pool.send(command).requiredInteger() == 1
    }

    /// How many subscribers heard it.
    @discardableResult
    package func publish(_ payload: RedisValue, on channel: RedisKey) async throws -> Int {
        Int(try await pool.send(RedisCommand("PUBLISH", channel, [payload])).requiredInteger())
    }

    private static func command(_ verb: String, _ keys: [RedisKey]) -> RedisCommand {
        var command = RedisCommand(verb)
        for key in keys { command.add(key) }
        return command
    }
}
