/// One answer of the server, in the five kinds of RESP2 and its null.
package enum RedisReply: Hashable, Sendable {
    /// A word of the server's own, such as `OK`.
    case status(String)
    /// The word that begins an error's message.
    case refusal(code: String)
    case integer(Int64)
    case value(RedisValue)
    case null
    case array([RedisReply])
}

extension RedisReply {
    /// The value, or nil for null. Throws `malformed` for anything else.
    package func optionalValue() throws -> RedisValue? {
        switch self {
        case .value(let value): value
        case .status(let word): RedisValue(word)
        case .null: nil
        default: throw RedisError.malformed
        }
    }

    /// The value. Throws `malformed` for anything else.
    package func requiredValue() throws -> RedisValue {
        guard let value = try optionalValue() else { throw RedisError.malformed }
        return value
    }

    /// The integer. Throws `malformed` for anything else.
    package func requiredInteger() throws -> Int64 {
        guard case .integer(let integer) = self else { throw RedisError.malformed }
        return integer
    }

    /// The elements. Throws `malformed` for anything else.
    package func elements() throws -> [RedisReply] {
        guard case .array(let elements) = self else { throw RedisError.malformed }
        return elements
    }
}
