import Crypto
import Foundation

/// A Lua script, which the server runs as a whole: nothing happens between its commands.
///
/// Keep it in a `static let`: its digest, by which the server knows it, is computed once.
package struct RedisScript: Sendable {
    let lua: String
    let digest: String

    package init(_ lua: String) {
        self.lua = lua
        // What the protocol asks for; nothing rests on its strength.
        digest = Insecure.SHA1.hash(data: Data(lua.utf8))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Redis {
    /// What the script returns. It sees the keys as `KEYS[1]`… and the arguments as `ARGV[1]`…; every key
    /// that it touches must be among the keys. Sent whole only when the server does not know it yet.
    package func run(
        script: RedisScript, keys: [RedisKey], arguments: [RedisValue] = []
    ) async throws -> RedisReply {
        do {
            return try await pool.send(Redis.call("EVALSHA", script.digest, keys, arguments))
        } catch RedisError.refused(code: "NOSCRIPT") {
            return try await pool.send(Redis.call("EVAL", script.lua, keys, arguments))
        }
    }

    private static func call(
        _ verb: String, _ script: String, _ keys: [RedisKey], _ arguments: [RedisValue]
    ) -> RedisCommand {
        var command = RedisCommand(verb, script)
        command.add(Int64(keys.count))
        for key in keys { command.add(key) }
        for argument in arguments { command.add(argument) }
        return command
    }
}
