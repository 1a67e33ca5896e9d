import Foundation
import Testing

@testable import Redis

@Suite("One connection, many callers", .timeLimit(.minutes(2)))
struct RedisConnectionTests {
    @Test("A thousand callers at once each get their own answer")
    func pipelining() async throws {
        try await withConnection { connection, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await connection.echo("\(number)") == "\(number)" }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
            #expect(connection.commandsInFlight == 0)
        }
    }

    @Test("Callers who go away in the middle leave the answers of the others in order")
    func cancelledInBetween() async throws {
        try await withConnection { connection, _ in
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let task = Task { try await connection.echo("\(number)") }
                        if number.isMultiple(of: 3) { task.cancel() }
                        switch await task.result {
                        case .success(let text): return text == "\(number)"
                        case .failure(let error): return error is CancellationError
                        }
                    }
                }
                for await isRight in group { #expect(isRight) }
            }
            let last = try await connection.echo("last")
            #expect(last == "last")
            #expect(connection.commandsInFlight == 0)
        }
    }

    @Test("An answer of many megabytes and one of a quarter million elements arrive whole")
    func huge() async throws {
        try await withConnection(limit: .seconds(20)) { connection, _ in
            let pattern = Data((0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            var value = Data()
            for _ in 0..<300 { value.append(pattern) }
            _ = try await connection.send(RedisCommand("SET", RedisKey("big"), [RedisValue(value)]))
            let back = try await connection.send(RedisCommand("GET", RedisKey("big"))).requiredValue()
            #expect(back.data == value && value.count > 19_000_000)

            let script = "local t = {} for i = 1, 250000 do t[i] = {i, 'x'} end return t"
            let rows = try await connection.send(RedisCommand("EVAL", script, "0")).elements()
            #expect(rows.count == 250_000)
            #expect(rows.last == .array([.integer(250_000), .value("x")]))
        }
    }

    @Test("An error keeps the word that begins it and nothing of what it quotes")
    func refusal() async throws {
        try await withConnection { connection, _ in
            _ = try await connection.send(RedisCommand("SET", RedisKey("text"), ["secret"]))
            await #expect(throws: RedisError.refused(code: "WRONGTYPE")) {
                try await connection.send(RedisCommand("SADD", RedisKey("text"), ["x"]))
            }
            await #expect(throws: RedisError.refused(code: "ERR")) {
                try await connection.send(RedisCommand("secret"))
            }
            let odd = "return redis.error_reply('secret-word and more')"
            await #expect(throws: RedisError.refused(code: "ERR")) {
                try await connection.send(RedisCommand("EVAL", odd, "0"))
            }
            #expect(try await connection.echo("on") == "on")
        }
    }

    @Test("Closing lets commands in flight have their answers and takes no new ones")
    func draining() async throws {
        try await withConnection { connection, _ in
            async let slow: Void = connection.sleep(seconds: "0.5")
            #expect(await eventually { connection.commandsInFlight == 1 })
            async let answer = connection.echo("in flight")
            #expect(await eventually { connection.commandsInFlight == 2 })
            await connection.close()
            try await slow
            #expect(try await answer == "in flight")
            await #expect(throws: RedisError.unavailable) { try await connection.echo("too late") }
        }
    }

    @Test("When the server dies, what is in flight fails at once")
    func death() async throws {
        try await withConnection(limit: .seconds(60)) { connection, server in
            let task = Task { try await connection.sleep(seconds: "30") }
            #expect(await eventually { connection.commandsInFlight == 1 })
            server.kill()
            await #expect(throws: RedisError.unavailable) { try await task.value }
            #expect(!connection.isOpen)
        }
    }
}

@Suite("Time limits and cancellation", .timeLimit(.minutes(2)))
struct RedisLimitTests {
    @Test("A command that takes too long fails alone: its late answer goes to nobody")
    func timeLimit() async throws {
        try await withConnection(limit: .seconds(10)) { connection, _ in
            let (took, result) = await timed {
                try await connection.sleep(seconds: "1", limit: .milliseconds(150))
            }
            #expect(throws: RedisError.timedOut) { try result.get() }
            #expect(took >= .milliseconds(150) && took < .milliseconds(900))
            #expect(connection.commandsInFlight == 1)
            let mine = try await connection.echo("mine")
            #expect(mine == "mine")
            #expect(connection.isOpen)
        }
    }

    @Test("Many commands behind a slow one all end at their limit, and the connection lives")
    func manyTimeLimits() async throws {
        try await withConnection(limit: .milliseconds(200)) { connection, server in
            server.freeze()
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let (_, result) = await timed { try await connection.echo("\(number)") }
                        if case .failure(RedisError.timedOut) = result { return true }
                        return false
                    }
                }
                for await hasTimedOut in group { #expect(hasTimedOut) }
            }
            server.thaw()
            #expect(await eventually { connection.commandsInFlight == 0 })
            let mine = try await connection.echo("mine")
            #expect(mine == "mine")
        }
    }

    @Test("A server that stays silent for several limits is given up")
    func silence() async throws {
        try await withConnection(limit: .milliseconds(100)) { connection, server in
            server.freeze()
            await #expect(throws: RedisError.timedOut) { try await connection.echo("") }
            #expect(await eventually { !connection.isOpen })
            server.thaw()
        }
    }

    @Test("Cancelling ends the wait at once, before and after the command was sent")
    func cancellation() async throws {
        try await withConnection(limit: .seconds(10)) { connection, _ in
            let task = Task { try await connection.sleep(seconds: "1.5") }
            #expect(await eventually { connection.commandsInFlight == 1 })
            let (took, result) = await timed {
                task.cancel()
                try await task.value
            }
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(took < .seconds(1))

            let early = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.echo("never")
            }
            await #expect(throws: CancellationError.self) { try await early.value }
            let mine = try await connection.echo("mine")
            #expect(mine == "mine")
        }
    }

    @Test("One command too many in flight is refused at once")
    func bound() async throws {
        try await withConnection(limit: .seconds(10), inFlight: 3) { connection, _ in
            async let slow: Void = connection.sleep(seconds: "1")
            #expect(await eventually { connection.commandsInFlight == 1 })
            async let first = connection.echo("1")
            async let second = connection.echo("2")
            #expect(await eventually { connection.commandsInFlight == 3 })
            let (took, result) = await timed { try await connection.echo("3") }
            #expect(throws: RedisError.busy) { try result.get() }
            #expect(took < .milliseconds(800))
            try await slow
            #expect(try await [first, second] == ["1", "2"])
            let next = try await connection.echo("4")
            #expect(next == "4")
        }
    }
}
