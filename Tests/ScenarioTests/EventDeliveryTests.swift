import Foundation
import HTTPTypes
import Kernel
import Logging
import MPanelServer
import Platform
import Postgres
import ServiceLifecycle
import Synchronization
import TestKit
import Testing
import Web

@Suite("Delivery of events")
struct EventDeliveryTests {
    @Test("events of one object come in the order of its versions, each to everybody who hears of it")
    func ordered() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", "eyes", to: "thing.moved")
            let heard = Heard()
            let things = (0..<5).map { _ in InvoiceID.new() }
            for version in 1...4 {
                try await company.record(things.map { Event("thing.moved", $0, version: version) })
            }
            try await company.record([Event("thing.forgotten", things[0], version: 5)])
            let begun = try await server.dispatcher([heard.subscriber("ears"), heard.subscriber("eyes")])
                .drain()
            #expect(begun == 40, "what nobody hears costs no delivery")
            for thing in things {
                #expect(heard.versions(of: thing, by: "ears") == [1, 2, 3, 4])
                #expect(heard.versions(of: thing, by: "eyes") == [1, 2, 3, 4])
            }
            #expect(try await company.owed() == [])
        }
    }

    @Test("an event of a transaction that is rolled back is owed to nobody")
    func rolledBack() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            await #expect(throws: Mishap.self) {
                try await server.installation.database.write(company.scope) { tx in
                    try await Event.record(
                        [Event("thing.moved", InvoiceID.new(), version: 1)], in: tx, at: .now())
                    throw Mishap()
                }
            }
            #expect(try await company.owed() == [])
        }
    }

    @Test("dispatchers that work side by side deliver each event once")
    func shared() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            let heard = Heard()
            let things = (0..<300).map { _ in InvoiceID.new() }
            for version in 1...2 {
                try await company.record(things.map { Event("thing.moved", $0, version: version) })
            }
            var limits = EventDispatcher.Limits()
            limits.batch = 20
            let dispatchers = [limits, limits].map { server.dispatcher([heard.subscriber("ears")], $0) }
            let begun = try await withThrowingTaskGroup(of: Int.self) { group in
                for dispatcher in dispatchers { group.addTask { try await dispatcher.drain() } }
                return try await group.reduce(0, +)
            }
            // The last may have gone to one while the other had ended.
            let rest = try await dispatchers[0].drain()
            #expect(begun + rest == 600)
            for thing in things { #expect(heard.versions(of: thing, by: "ears") == [1, 2]) }
        }
    }

    @Test("what one cannot take stops neither others nor other objects, and is tried again as a job")
    func failing() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", "eyes", to: "thing.moved")
            let (heard, isMended) = (Heard(), Flag())
            let (bad, good) = (InvoiceID.new(), InvoiceID.new())
            let ears = heard.subscriber("ears") { event in
                if event.objectID == bad.uuid, !isMended.isSet { throw Mishap() }
            }
            for version in 1...2 {
                try await company.record([bad, good].map { Event("thing.moved", $0, version: version) })
            }
            let dispatcher = server.dispatcher([ears, heard.subscriber("eyes")])
            try await dispatcher.drain()
            #expect(heard.versions(of: bad, by: "eyes") == [1, 2])
            #expect(heard.versions(of: good, by: "ears") == [1, 2])
            #expect(heard.versions(of: bad, by: "ears") == [])
            #expect(try await company.owed() == ["ears 1 job", "ears 2"], "the second waits for the first")
            #expect(try await company.texts("SELECT kind AS line FROM jobs") == ["event:ears"])

            let worker = server.worker(for: ears)
            try await worker.drain()
            #expect(try await company.texts("SELECT last_error AS line FROM jobs") == ["Mishap"])
            isMended.set()
            try await company.letJobsCome()
            try await worker.drain()
            #expect(heard.versions(of: bad, by: "ears") == [1])
            try await dispatcher.drain()
            #expect(heard.versions(of: bad, by: "ears") == [1, 2])
            #expect(try await company.owed() == [])
        }
    }

    @Test("a delivery that was given up is a dead job: tried again or discarded, it frees the object's next")
    func givenUp() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            let heard = Heard()
            let (first, second) = (InvoiceID.new(), InvoiceID.new())
            let ears = heard.subscriber("ears") { event in if event.objectVersion == 1 { throw Mishap() } }
            for version in 1...2 {
                try await company.record([first, second].map { Event("thing.moved", $0, version: version) })
            }
            let dispatcher = server.dispatcher([ears])
            try await dispatcher.drain()
            for _ in 1...8 {
                try await company.letJobsCome()
                try await server.worker(for: ears).drain()
            }
            try await dispatcher.drain()
            #expect(heard.count == 0)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let dead = try await staff.send(.get, "/v1/jobs?state=dead")["items"].items
                try #require(dead.count == 2)
                #expect(dead.allSatisfy { $0["kind"] == "event:ears" && $0["last_error"] == "Mishap" })
                let paths = try dead.map { "/v1/jobs/\(try #require($0["id"].text))" }
                #expect(try await staff.send(.delete, paths[0]).status == 204)
                #expect(try await staff.send(.post, paths[1] + "/retry").status == 202)
            }
            // The server's clock went on since this one's jobs were made.
            try await company.letJobsCome()
            try await server.worker(for: heard.subscriber("ears")).drain()
            try await dispatcher.drain()
            #expect(heard.count == 3, "one was discarded")
            #expect(heard.versions(of: first, by: "ears").last == 2)
            #expect(heard.versions(of: second, by: "ears").last == 2)
            #expect(try await company.owed() == [])
        }
    }

    @Test("a delivery that is taken again and again without an end becomes a job")
    func fatal() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            let heard = Heard()
            try await company.record([Event("thing.moved", InvoiceID.new(), version: 1)])
            // As dispatchers that it killed leave it.
            try await company.run("UPDATE event_deliveries SET attempts = 3")
            try await server.dispatcher([heard.subscriber("ears")]).drain()
            #expect(heard.count == 0)
            #expect(try await company.owed() == ["ears 1 job"])
        }
    }

    @Test("a company's first event does not wait behind another's thousand")
    func fair() async throws {
        try await TestServer.run { server in
            let big = try await Company(.monthly(from: "2026-11-15"), as: "big", on: server)
            let small = try await Company(.monthly(from: "2026-11-15"), as: "small", on: server)
            try await server.subscribe("ears", to: "thing.moved")
            try await big.record((0..<1000).map { _ in Event("thing.moved", InvoiceID.new(), version: 1) })
            try await small.record([Event("thing.moved", InvoiceID.new(), version: 1)])
            let order = Mutex<[TenantID]>([])
            let ears = Subscriber("ears", events: ["thing.moved"]) { scope, _ in
                order.withLock { $0.append(scope.tenant) }
            }
            var limits = EventDispatcher.Limits()
            (limits.tenants, limits.batch, limits.pollTime) = (1, 50, .seconds(600))
            try await server.running(server.dispatcher([ears], limits)) {
                while order.withLock({ $0.count }) < 1001 { try await Task.sleep(for: .milliseconds(5)) }
            }
            let place = order.withLock { $0.firstIndex(of: small.scope.tenant) }
            #expect(try #require(place) <= 50, "it is served after one batch of the other at most")
        }
    }

    @Test("a dispatcher that runs hears of events at once, and hands back what it has not begun")
    func handedBack() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            let heard = Heard()
            let ears = heard.subscriber("ears") { _ in
                heard.begun()
                try await Task.sleep(for: .seconds(600))
            }
            var limits = EventDispatcher.Limits()
            // So long that only the call can be what it heard.
            limits.pollTime = .seconds(600)
            let listener = Listener(PostgresSettings(url: server.database.appURL), logger: .silent)
            try await server.running(server.dispatcher([ears], limits, listener: listener)) {
                // Behind the dispatcher's first look.
                try await company.record([Event("thing.moved", InvoiceID.new(), version: 1)])
                while heard.beginnings == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(
                try await company.texts(
                    "SELECT concat_ws(' ', attempts, due_at <= now()) AS line FROM event_deliveries")
                    == ["0 t"])
        }
    }

    @Test("what a killed process had in hand is delivered by another")
    func killed() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let total = 3000
            // Each is an object of its own, so that batches are large and the kill meets one in its middle.
            try await company.record(
                (0..<total).map { _ in Event("host_name.added", InvoiceID.new(), version: 1) })
            let process = try MPanelProcess(["work"], on: server.database)
            while try await company.owed().count == total { try await Task.sleep(for: .milliseconds(5)) }
            process.kill()
            _ = try await process.end()
            let left = try await company.owed().count
            #expect(left > 0, "it was killed amidst its work")
            // As if the lease had run out.
            try await company.run("UPDATE event_deliveries SET due_at = now() WHERE due_at IS NOT NULL")
            #expect(try await server.installation.dispatcher().drain() == left)
            #expect(try await company.owed() == [])
            #expect(try await company.texts("SELECT kind AS line FROM jobs") == [])
        }
    }

    @Test("the outbox forgets old events, keeps young ones whatever is said, and still delivers what is owed")
    func retention() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            let heard = Heard()
            try await company.run("SELECT 1")
            let young = try await company.texts("SELECT id::text AS line FROM outbox_events ORDER BY id")
            let old = Instant.now().adding(seconds: -32 * 86_400)
            try await company.record(
                (0..<2500).map { _ in
                    let id = EventID(UUID.version7(at: old))
                    return Event("thing.moved", InvoiceID.new(), version: 1, id: id)
                }, at: old)
            #expect(try await server.installation.eventRetention.sweep() == 2500)
            #expect(
                try await company.texts("SELECT id::text AS line FROM outbox_events ORDER BY id") == young)
            #expect(!young.isEmpty)
            let refusal = await #expect(throws: PostgresError.self) {
                try await company.run("DELETE FROM outbox_events")
            }
            #expect(refusal?.sqlState == "42501")
            #expect(try await server.dispatcher([heard.subscriber("ears")]).drain() == 2500)
        }
    }
}

/// What subscribers heard, in order.
private final class Heard: Sendable {
    private let events = Mutex<[(by: String, event: Event)]>([])
    private let begins = Mutex(0)

    var count: Int { events.withLock { $0.count } }
    var beginnings: Int { begins.withLock { $0 } }

    func begun() { begins.withLock { $0 += 1 } }

    func versions(of object: InvoiceID, by name: String) -> [Int] {
        events.withLock { all in
            all.filter { $0.by == name && $0.event.objectID == object.uuid }.map(\.event.objectVersion)
        }
    }

    func subscriber(
        _ name: String, _ before: @escaping @Sendable (Event) async throws -> Void = { _ in }
    ) -> Subscriber {
        Subscriber(name, events: ["thing.moved"]) { _, event in
            try await before(event)
            self.events.withLock { $0.append((name, event)) }
        }
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

extension TestServer {
    fileprivate func dispatcher(
        _ subscribers: [Subscriber], _ limits: EventDispatcher.Limits = .init(), listener: Listener? = nil
    ) -> EventDispatcher {
        EventDispatcher(
            subscribers, stores: (installation.database, installation.system), listener: listener,
            limits: limits, clock: .system, logger: .silent)
    }

    fileprivate func worker(for subscriber: Subscriber) -> JobWorker {
        JobWorker(
            [subscriber.job(on: installation.database)], stores: (installation.database, installation.system),
            clock: .system, logger: .silent)
    }

    /// Runs a service while `body` does, and drains it.
    fileprivate func running(_ service: any Service, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

extension Company {
    fileprivate func record(_ events: [Event], at now: Instant = .now()) async throws {
        try await server.installation.database.write(scope) { tx in
            try await Event.record(events, in: tx, at: now)
        }
    }

    /// Subscriber and version of what is not delivered, and whether it is a job's.
    fileprivate func owed() async throws -> [String] {
        try await texts(
            """
            SELECT concat_ws(' ', subscriber, object_version, CASE WHEN job_id IS NOT NULL THEN 'job' END)
                AS line
            FROM event_deliveries ORDER BY 1
            """)
    }

    fileprivate func run(_ sql: SQL) async throws {
        try await server.installation.database.write(scope) { tx in _ = try await tx.run(sql) }
    }

    /// As if the pauses of all jobs were over.
    fileprivate func letJobsCome() async throws {
        try await run("UPDATE jobs SET due_at = now() WHERE due_at IS NOT NULL")
    }
}
