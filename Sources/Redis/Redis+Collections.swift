extension Redis {
    /// Sets these fields and leaves the others.
    package func hashSet(_ key: RedisKey, _ fields: [String: RedisValue]) async throws {
        if fields.isEmpty { return }
        var command = RedisCommand("HSET", key)
        for (field, value) in fields {
            command.add(field)
            command.add(value)
        }
        _ = try await pool.send(command)
    }

    /// All fields; none when there is no such key.
    package func hashGetAll(_ key: RedisKey) async throws -> [String: RedisValue] {
        let parts = try await pool.send(RedisCommand("HGETALL", key)).elements()
        guard parts.count.isMultiple(of: 2) else { throw RedisError.malformed }
        var fields: [String: RedisValue] = [:]
        for index in stride(from: 0, to: parts.count, by: 2) {
            guard let field = try parts[index].requiredValue().text else { throw RedisError.malformed }
            fields[field] = try parts[index + 1].requiredValue()
        }
        return fields
    }
}

extension Redis {
    /// How many of the members are new.
    @discardableResult
    package func setAdd(_ key: RedisKey, _ members: [RedisValue]) async throws -> Int {
        if members.isEmpty { return 0 }
        return Int(try await pool.send(RedisCommand("SADD", key, members)).requiredInteger())
    }

    /// The members in no particular order; none when there is no such key.
    package func setMembers(_ key: RedisKey) async throws -> [RedisValue] {
        try await pool.send(RedisCommand("SMEMBERS", key)).elements().map { try $0.requiredValue() }
    }

    /// How many of the members were there.
    @discardableResult
    package func setRemove(_ key: RedisKey, _ members: [RedisValue]) async throws -> Int {
        if members.isEmpty { return 0 }
        return Int(try await pool.send(RedisCommand("SREM", key, members)).requiredInteger())
    }
}

/// A list that keeps itself in the order of its scores: a user's sessions by their last use. Scores are exact
/// up to 2^53, which is enough for microseconds since 1970.
extension Redis {
    /// True when the member is new; else its score is replaced.
    @discardableResult
    package func sortedSetAdd(
        _ key: RedisKey, _ member: RedisValue, score: Int64
    ) async throws -> Bool {
        var command = RedisCommand("ZADD", key)
        command.add(score)
        command.add(member)
        return try await pool.send(command).requiredInteger() == 1
    }

    /// The members with these scores, the lowest first; with equal scores by their bytes.
    package func sortedSetRange(
        _ key: RedisKey, scores: ClosedRange<Int64> = .min ... .max
    ) async throws -> [RedisValue] {
        let command = Redis.command("ZRANGEBYSCORE", key, scores)
        return try await pool.send(command).elements().map { try $0.requiredValue() }
    }

    /// How many of the members were there.
    @discardableResult
    package func sortedSetRemove(_ key: RedisKey, _ members: [RedisValue]) async throws -> Int {
        if members.isEmpty { return 0 }
        return Int(try await pool.send(RedisCommand("ZREM", key, members)).requiredInteger())
    }

    /// How many members had these scores.
    @discardableResult
    package func sortedSetRemove(_ key: RedisKey, scores: ClosedRange<Int64>) async throws -> Int {
        let command = Redis.command("ZREMRANGEBYSCORE", key, scores)
        return Int(try await pool.send(command).requiredInteger())
    }

    private static func command(
        _ verb: String, _ key: RedisKey, _ scores: ClosedRange<Int64>
    ) -> RedisCommand {
        var command = RedisCommand(verb, key)
        command.add(scores.lowerBound)
        command.add(scores.upperBound)
        return command
    }
}
