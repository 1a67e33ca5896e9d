import Kernel
import Postgres
import Testing

@Suite("Listening", .timeLimit(.minutes(2)))
struct ListenerTests {
    @Test("Notifications arrive in order, with channel and payload")
    func hearing() async throws {
        let shop = try await Shop.new()
        let events = Listener(shop.database.app, logger: Shop.quiet).events(on: ["jobs", "Odd \"name\""])
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .mayHaveMissed)
        try await shop.db.write(shop.tenant) { tx in
            try await tx.run(
                "SELECT pg_notify('jobs', \("1")), pg_notify('Odd \"name\"', ''), pg_notify('other', 'x')")
            try await tx.run("SELECT pg_notify('jobs', \("é"))")
        }
        #expect(await iterator.next() == .notification(channel: "jobs", payload: "1"))
        #expect(await iterator.next() == .notification(channel: "Odd \"name\"", payload: ""))
        #expect(await iterator.next() == .notification(channel: "jobs", payload: "é"))
    }

    @Test("After its connection broke it listens again and says that something may be missing")
    func reconnecting() async throws {
        let shop = try await Shop.new()
        let events = Listener(shop.database.app, logger: Shop.quiet).events(on: ["jobs"])
        var iterator = events.makeAsyncIterator()
        for round in 0..<3 {
            #expect(await iterator.next() == .mayHaveMissed)
            try await shop.system.write { tx in try await tx.run("SELECT pg_notify('jobs', \("\(round)"))") }
            #expect(await iterator.next() == .notification(channel: "jobs", payload: "\(round)"))
            try await shop.terminate(where: "query LIKE 'LISTEN%'")
        }
    }

    @Test("Cancelling the reader ends the stream and closes the connection")
    func cancelling() async throws {
        let shop = try await Shop.new()
        let events = Listener(shop.database.app, logger: Shop.quiet).events(on: ["jobs"])
        let reader = Task {
            var count = 0
            for await _ in events { count += 1 }
            return count
        }
        #expect(try await eventually { try await shop.processes(where: "query LIKE 'LISTEN%'") == 1 })
        reader.cancel()
        #expect(await reader.value <= 1)
        #expect(try await eventually { try await shop.processes(where: "query LIKE 'LISTEN%'") == 0 })
    }

    @Test("It waits for a server that is not there yet")
    func waiting() async throws {
        let server = try TestServer.new()
        let database = try await server.database()
        try server.stop()
        let events = Listener(database.app, logger: Shop.quiet).events(on: ["jobs"])
        var iterator = events.makeAsyncIterator()
        try server.start()
        #expect(await iterator.next() == .mayHaveMissed)
        try server.stop()
    }
}
