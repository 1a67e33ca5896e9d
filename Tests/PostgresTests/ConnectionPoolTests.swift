import Kernel
import Logging
import ServiceLifecycle
import Testing

@testable import Postgres

@Suite("The pool", .timeLimit(.minutes(2)))
struct ConnectionPoolTests {
    /// Something that one task waits for and another opens.
    private struct Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (stream, continuation) = AsyncStream.makeStream()
        }

        func open() { continuation.finish() }
        func pass() async { for await _ in stream {} }
    }

    @Test("It never holds more connections than allowed, and serves everybody")
    func limit() async throws {
        let shop = try await Shop.new(connections: 3)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...60 {
                group.addTask {
                    try await shop.db.first(shop.tenant, "SELECT \(number), pg_sleep(0.005)") { try $0[0] }
                        ?? 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 1830)
        let statistics = shop.pool.statistics
        #expect(
            statistics.opened <= 3 && statistics.connections <= 3 && statistics.idle == statistics.connections
        )
        #expect(statistics.waits > 0 && statistics.waited > .zero && statistics.waiting == 0)
    }

    @Test("Who waits too long is told that the service is busy, and the pool stays sound")
    func waitLimit() async throws {
        let shop = try await Shop.new(connections: 1, wait: .milliseconds(100))
        let gate = Gate()
        let held = Gate()
        async let holder: Void = shop.db.read(shop.tenant) { _ in
            held.open()
            await gate.pass()
        }
        await held.pass()
        await #expect(throws: Problem.unavailable) { try await shop.names() }
        #expect(shop.pool.statistics.waitsEndedByLimit == 1 && shop.pool.statistics.waiting == 0)
        gate.open()
        try await holder
        #expect(try await shop.names() == [])
    }

    @Test("First come, first served")
    func order() async throws {
        let shop = try await Shop.new(connections: 1)
        let gate = Gate()
        let held = Gate()
        let order = Shared<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await shop.db.read(shop.tenant) { _ in
                    held.open()
                    await gate.pass()
                }
            }
            await held.pass()
            for number in 0..<5 {
                group.addTask {
                    try await shop.db.read(shop.tenant) { _ in order.change { $0.append(number) } }
                }
                #expect(await eventually { shop.pool.statistics.waiting == number + 1 })
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.value == [0, 1, 2, 3, 4])
    }

    @Test("A cancelled task leaves the line")
    func cancelledWaiter() async throws {
        let shop = try await Shop.new(connections: 1)
        let gate = Gate()
        let held = Gate()
        async let holder: Void = shop.db.read(shop.tenant) { _ in
            held.open()
            await gate.pass()
        }
        await held.pass()
        let waiter = Task { try await shop.names() }
        #expect(await eventually { shop.pool.statistics.waiting == 1 })
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(shop.pool.statistics.waiting == 0)
        gate.open()
        try await holder
    }

    @Test("A cancelled task ends its statement on the server, and the connection is used again")
    func cancelledStatement() async throws {
        let shop = try await Shop.new(connections: 1)
        let task = Task {
            try await shop.db.write(shop.tenant) { tx in
                try await tx.run(Shop.insert("undone", tx.scope))
                try await tx.run("SELECT pg_sleep(60)")
            }
        }
        #expect(
            try await eventually {
                try await shop.processes(where: "query LIKE 'SELECT pg_sleep%' AND state = 'active'") == 1
            })
        let began = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(try await shop.names() == [])
        #expect(shop.pool.statistics.opened == 1)
    }

    @Test("Cancelling at any moment never ends somebody else's statement")
    func cancellationStorm() async throws {
        let shop = try await Shop.new(connections: 2)
        var random = Seeded(seed: 7)
        for _ in 0..<100 {
            let victim = Task { try await shop.db.all(shop.tenant, "SELECT pg_sleep(0.002)") { _ in 0 } }
            let bystander = Task {
                try await shop.db.first(shop.tenant, "SELECT 5, pg_sleep(0.002)") { try $0[0] as Int }
            }
            try await Task.sleep(for: .microseconds(Int.random(in: 0...4000, using: &random)))
            victim.cancel()
            _ = await victim.result
            #expect(try await bystander.value == 5)
        }
        #expect(shop.pool.statistics.opened <= 2)
    }

    @Test("After a restart of the server the next transaction works, on every connection of the pool")
    func restart() async throws {
        let server = try TestServer.new()
        let shop = try await Shop.new(on: server, connections: 3)
        try await shop.add("kept")
        _ = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { _ = try await shop.db.all(shop.tenant, "SELECT pg_sleep(0.1)") { _ in 0 } }
            }
            try await group.waitForAll()
        }
        #expect(shop.pool.statistics.idle == 3)
        try server.stop()
        try server.start()
        let runs = Shared(0)
        for number in 0..<4 {
            try await shop.db.write(shop.tenant) { tx in
                runs.change { $0 += 1 }
                try await tx.run(Shop.insert("after \(number)", tx.scope))
            }
        }
        #expect(runs.value == 4)
        #expect(try await shop.names().count == 5)
        try server.stop()
        await #expect(throws: Problem.unavailable) { try await shop.names() }
        #expect(shop.pool.statistics.failedToOpen == 1)
        try server.start()
        #expect(try await shop.names().count == 5)
        try server.stop()
    }

    @Test("A connection lost in the middle of a transaction is an error, not a second run")
    func lostInside() async throws {
        let shop = try await Shop.new()
        let runs = Shared(0)
        await #expect(throws: PostgresError.connectionLost) {
            try await shop.db.write(shop.tenant) { tx in
                runs.change { $0 += 1 }
                try await tx.run(Shop.insert("undone", tx.scope))
                try await shop.terminate(where: "state = 'idle in transaction'")
                try await tx.run("SELECT 1")
            }
        }
        #expect(runs.value == 1)
        #expect(try await shop.names() == [])
    }

    @Test("A lost answer to COMMIT is told as such, and does not matter to a read")
    func lostCommit() async throws {
        let shop = try await Shop.new()
        await #expect(throws: PostgresError.commitUnknown) {
            try await shop.db.write(shop.tenant) { tx in
                try await tx.run(Shop.insert("perhaps", tx.scope))
                try await shop.terminate(where: "state = 'idle in transaction'")
            }
        }
        let value = try await shop.db.read(shop.tenant) { tx in
            try await tx.run("SELECT 1")
            try await shop.terminate(where: "state = 'idle in transaction'")
            return 5
        }
        #expect(value == 5)
        #expect(shop.pool.statistics.connections == 0)
    }

    @Test("A connection that was idle for long is checked before it is handed out")
    func idleCheck() async throws {
        let database = try await TestDatabase.new()
        var limits = ConnectionPool.Limits()
        limits.unchecked = .zero
        let pool = ConnectionPool(database.app, limits: limits, logger: Shop.quiet)
        let first = try await pool.lease()
        pool.giveBack(first)
        let second = try await pool.lease()
        #expect(second === first)
        pool.giveBack(second)
        let administrator = try await Connection.open(database.superuser)
        try await administrator.run(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'mpanel_app' \
            AND datname = current_database()
            """
        )
        let third = try await pool.lease()
        #expect(third !== first && pool.statistics.connections == 1)
        pool.giveBack(third)
    }

    @Test("A connection past its age is closed when it comes back")
    func age() async throws {
        var limits = ConnectionPool.Limits()
        limits.age = .zero
        let pool = ConnectionPool(try await TestDatabase.new().app, limits: limits, logger: Shop.quiet)
        pool.giveBack(try await pool.lease())
        #expect(pool.statistics.connections == 0 && pool.statistics.opened == 1)
    }

    @Test("Shutting down lets the running finish, refuses the rest and closes everything")
    func shutDown() async throws {
        let shop = try await Shop.new(connections: 2)
        let gate = Gate()
        let held = Gate()
        let group = ServiceGroup(services: [shop.pool], logger: Shop.quiet)
        async let running: Void = group.run()
        try await shop.add("before")
        async let holder: Void = shop.db.write(shop.tenant) { tx in
            held.open()
            await gate.pass()
            try await tx.run(Shop.insert("during", tx.scope))
        }
        await held.pass()
        await group.triggerGracefulShutdown()
        #expect(await eventually { (try? await shop.names()) == nil })
        await #expect(throws: Problem.unavailable) { try await shop.names() }
        gate.open()
        try await holder
        try await running
        #expect(shop.pool.statistics.connections == 0)
        let owner = try await Connection.open(shop.database.superuser)
        #expect(try await owner.first("SELECT count(*) FROM things") { try $0[0] as Int } == 2)
    }
}
