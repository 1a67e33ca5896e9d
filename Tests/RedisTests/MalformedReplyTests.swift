import Foundation
import NIOCore
import Testing

@testable import Redis

@Suite("What a server may say", .timeLimit(.minutes(2)))
struct MalformedReplyTests {
    @Test("Answers cut into single bytes are put together again")
    func split() async throws {
        let text = "*5\r\n$4\r\na\r\nb\r\n:-42\r\n*2\r\n+OK\r\n$-1\r\n*-1\r\n$0\r\n\r\n"
        try await FakeServer.run(saying: text.unicodeScalars.map { String($0) }) { server in
            let connection = try await RedisConnection.open(try RedisSettings(url: server.url))
            let reply = try await connection.send(RedisCommand("GET"))
            #expect(
                reply
                    == .array([
                        .value("a\r\nb"), .integer(-42), .array([.status("OK"), .null]), .null, .value(""),
                    ]))
            await connection.close()
        }
    }

    @Test("Several answers in one packet are told apart, wherever the packets are cut")
    func severalAtOnce() throws {
        let text = "+one\r\n*2\r\n:1\r\n$2\r\n\r\n\r\n$0\r\n\r\n*0\r\n-ERR\r\n"
        let expected: [RedisReply] = [
            .status("one"), .array([.integer(1), .value("\r\n")]), .value(""), .array([]),
            .refusal(code: "ERR"),
        ]
        for size in 1...text.utf8.count {
            var decoder = ReplyDecoder()
            var buffer = ByteBuffer()
            var replies: [RedisReply] = []
            for start in stride(from: 0, to: text.utf8.count, by: size) {
                buffer.writeBytes(Array(text.utf8.dropFirst(start).prefix(size)))
                while let reply = try decoder.decode(buffer: &buffer) { replies.append(reply) }
            }
            #expect(replies == expected, "in pieces of \(size)")
        }
    }

    @Test("Errors inside an answer stay where they are")
    func nestedRefusal() async throws {
        try await FakeServer.run(saying: ["*2\r\n-WRONGTYPE of secret\r\n:1\r\n"]) { server in
            let connection = try await RedisConnection.open(try RedisSettings(url: server.url))
            let reply = try await connection.send(RedisCommand("EXEC"))
            #expect(reply == .array([.refusal(code: "WRONGTYPE"), .integer(1)]))
            await connection.close()
        }
    }

    @Test(
        "An answer that is none, or that wants too much of us, closes the connection",
        arguments: [
            "hello\r\n", "\r\n", "+OK\n", ":12x\r\n", ":\r\n", ":+1\r\n", ":9223372036854775808\r\n",
            "$-2\r\n",
            "$3\r\nabcd\r\n", "$99999999999\r\n", "*-2\r\n", "*99999999\r\n", "%1\r\n+a\r\n+b\r\n",
            String(repeating: "*1\r\n", count: 9) + ":1\r\n", "+" + String(repeating: "x", count: 70_000),
            String(repeating: "*1000000\r\n", count: 1000),
        ])
    func malformed(_ answer: String) async throws {
        try await FakeServer.run(saying: [answer]) { server in
            var settings = try RedisSettings(url: server.url)
            settings.commandLimit = .seconds(10)
            let connection = try await RedisConnection.open(settings)
            await #expect(throws: RedisError.malformed) { try await connection.send(RedisCommand("GET")) }
            #expect(await eventually { !connection.isOpen })
        }
    }

    @Test("An answer to a question that nobody asked closes the connection")
    func unasked() async throws {
        try await FakeServer.run(saying: ["+one\r\n+two\r\n"]) { server in
            let connection = try await RedisConnection.open(try RedisSettings(url: server.url))
            #expect(try await connection.send(RedisCommand("GET")) == .status("one"))
            #expect(await eventually { !connection.isOpen })
        }
    }

    @Test("Something that is not a Redis is told from one")
    func notRedis() async throws {
        try await FakeServer.run(saying: ["HTTP/1.1 400 Bad Request\r\n\r\n"], greets: false) { server in
            let failure = await #expect(throws: RedisUnreachable.self) {
                try await RedisConnection.open(try RedisSettings(url: server.url))
            }
            #expect(failure?.description == "what answers is not a Redis")
        }
    }

    @Test("A whole answer may not take more memory than its bound, however it is divided")
    func bound() throws {
        var limits = ReplyDecoder.Limits()
        limits.replyBytes = 10_000
        var decoder = ReplyDecoder(limits: limits)
        var buffer = RedisCommand("SET", RedisKey("k"), (0..<20).map { RedisValue($0) }).encoded
        #expect(try decoder.decode(buffer: &buffer) != nil)
        var large = RedisCommand("SET", RedisKey("k"), (0..<500).map { RedisValue($0) }).encoded
        #expect(throws: RedisError.malformed) { try decoder.decode(buffer: &large) }
    }
}
