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

@Suite("Jobs")
struct JobTests {
    @Test("a job that fails is tried again later, and is given up after its last attempt")
    func givenUp() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let clock = ManualClock()
            let diary = Diary()
            let definition = JobDefinition("flaky", attempts: 3) { _, _ in
                diary.note("tried")
                throw Mishap()
            } giveUp: { _, payload in
                diary.note("given up \(payload.text)")
            }
            let worker = server.worker([definition], clock: clock)
            try await company.ask(for: "flaky", #"{"n":1}"#, at: clock.now())
            #expect(try await worker.drain() == 1)
            #expect(try await worker.drain() == 0, "it waits")
            // Longer than the longest pause.
            clock.advance(seconds: 2 * 3600)
            #expect(try await worker.drain() == 1)
            clock.advance(seconds: 2 * 3600)
            #expect(try await worker.drain() == 1)
            clock.advance(seconds: 2 * 3600)
            #expect(try await worker.drain() == 0)
            #expect(diary.entries == ["tried", "tried", "tried", #"given up {"n":1}"#])

            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let reader = try await anyone.signedIn(company.user(.readOnly))
                let dead = try await staff.send(.get, "/v1/jobs?state=dead")["items"].items
                #expect(dead.count == 1)
                #expect(dead[0]["attempts"] == 3)
                #expect(dead[0]["last_error"] == "Mishap")
                #expect(dead[0]["actions"] == ["retry", "discard"])
                let path = "/v1/jobs/\(try #require(dead[0]["id"].text))"
                #expect(try await reader.send(.get, path)["actions"] == [])
                #expect(try await reader.send(.post, path + "/retry").status == 403)
                let revived = try await staff.send(.post, path + "/retry")
                #expect(revived.status == 202)
                #expect(revived["state"] == "waiting")
                #expect(try await staff.send(.post, path + "/retry").status == 409)
                #expect(try await staff.send(.delete, path).status == 409)
            }
        }
    }

    @Test("a dead job that is discarded is gone, and one that is tried again may succeed")
    func decided() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let isMended = Mutex(false)
            let definition = JobDefinition("flaky", attempts: 1) { _, _ in
                if !isMended.withLock({ $0 }) { throw Mishap() }
            }
            let clock = ManualClock()
            let worker = server.worker([definition], clock: clock)
            for _ in 1...2 { try await company.ask(for: "flaky", at: clock.now()) }
            #expect(try await worker.drain() == 2)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let dead = try await staff.send(.get, "/v1/jobs?state=dead")["items"].items
                try #require(dead.count == 2)
                let paths = try dead.map { "/v1/jobs/\(try #require($0["id"].text))" }
                #expect(try await staff.send(.delete, paths[0]).status == 204)
                #expect(try await staff.send(.get, paths[0]).status == 404)
                isMended.withLock { $0 = true }
                #expect(try await staff.send(.post, paths[1] + "/retry").status == 202)
                // The server's clock went on while ours stood still.
                clock.advance(seconds: 60)
                #expect(try await worker.drain() == 1)
                #expect(try await staff.send(.get, "/v1/jobs")["items"] == [])
            }
        }
    }

    @Test("a company's first job does not wait behind another's hundred")
    func fair() async throws {
        try await TestServer.run { server in
            let big = try await Company(.monthly(from: "2026-11-15"), as: "big", on: server)
            let small = try await Company(.monthly(from: "2026-11-15"), as: "small", on: server)
            let diary = Diary()
            let definition = JobDefinition("note") { scope, _ in
                diary.note(scope == small.scope ? "small" : "big")
            }
            let clock = ManualClock()
            for _ in 1...100 { try await big.ask(for: "note", at: clock.now()) }
            clock.advance(seconds: 1)
            try await small.ask(for: "note", at: clock.now())
            var limits = JobWorker.Limits()
            limits.jobs = 2
            #expect(try await server.worker([definition], limits, clock: clock).drain() == 101)
            #expect(diary.entries.prefix(2).contains("small"))
            #expect(diary.entries.count == 101)
        }
    }

    @Test("many workers do each job once")
    func once() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let diary = Diary()
            let definition = JobDefinition("note") { _, payload in diary.note(payload.text) }
            for number in 1...60 { try await company.ask(for: "note", "\(number)", at: .now()) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 {
                    group.addTask { try await server.worker([definition], clock: ManualClock()).drain() }
                }
                let done = try await group.reduce(0, +)
                #expect(done == 60)
            }
            #expect(diary.entries.sorted() == (1...60).map(String.init).sorted())
        }
    }

    @Test("the job of a worker that was lost is done by another when the lease has run out")
    func lostWorker() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let clock = ManualClock()
            let diary = Diary()
            let definition = JobDefinition("note") { _, _ in diary.note("done") }
            try await company.ask(for: "note", at: clock.now())
            // As a worker that took it and was killed leaves it.
            let due = clock.now().adding(seconds: 60)
            try await server.installation.database.write(company.scope) { tx in
                _ = try await tx.run("UPDATE jobs SET state = 'running', attempts = 1, due_at = \(due)")
            }
            let worker = server.worker([definition], clock: clock)
            #expect(try await worker.drain() == 0)
            clock.advance(seconds: 61)
            #expect(try await worker.drain() == 1)
            #expect(diary.entries == ["done"])
        }
    }

    @Test("a job whose worker is lost at the last attempt is given up and not begun again")
    func fatal() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let clock = ManualClock()
            let diary = Diary()
            let definition = JobDefinition("fatal", attempts: 3) { _, _ in
                diary.note("begun")
            } giveUp: { _, _ in
                diary.note("given up")
            }
            try await company.ask(for: "fatal", at: clock.now())
            try await server.installation.database.write(company.scope) { tx in
                _ = try await tx.run("UPDATE jobs SET state = 'running', attempts = 3")
            }
            #expect(try await server.worker([definition], clock: clock).drain() == 1)
            #expect(diary.entries == ["given up"])
            let left = try await company.texts("SELECT concat_ws(' ', state, last_error) AS line FROM jobs")
            #expect(left == ["dead WorkerLost"])
        }
    }

    @Test("a job that says it was cancelled, and was not, has failed like any other")
    func pretendedCancellation() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let clock = ManualClock()
            let definition = JobDefinition("odd", attempts: 1) { _, _ in throw CancellationError() }
            try await company.ask(for: "odd", at: clock.now())
            #expect(try await server.worker([definition], clock: clock).drain() == 1)
            #expect(try await company.texts("SELECT state AS line FROM jobs") == ["dead"])
        }
    }

    @Test("a job that this version does not know waits for a worker that does")
    func unknown() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let clock = ManualClock()
            let diary = Diary()
            try await company.ask(for: "newer", at: clock.now())
            #expect(try await server.worker([], clock: clock).drain() == 1)
            #expect(try await company.texts("SELECT state AS line FROM jobs") == ["waiting"])
            clock.advance(seconds: 60)
            let newer = JobDefinition("newer") { _, _ in diary.note("done") }
            #expect(try await server.worker([newer], clock: clock).drain() == 1)
            #expect(diary.entries == ["done"])
        }
    }

    @Test("a worker that runs hears of new jobs at once, and hands back what it has not finished")
    func handedBack() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let diary = Diary()
            let definition = JobDefinition("long") { _, _ in
                diary.note("begun")
                try await Task.sleep(for: .seconds(600))
            }
            var limits = JobWorker.Limits()
            // So long that only the call can be what it heard.
            limits.pollTime = .seconds(600)
            let listener = Listener(PostgresSettings(url: server.database.appURL), logger: .silent)
            let clock = ManualClock()
            let worker = server.worker([definition], limits, listener: listener, clock: clock)
            let group = ServiceGroup(
                configuration: .init(services: [.init(service: worker)], logger: .silent))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await company.ask(for: "long", at: clock.now())
                while diary.entries.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let left = try await company.texts(
                "SELECT concat_ws(' ', state, attempts, due_at <= now()) AS line FROM jobs")
            #expect(left == ["waiting 0 t"])
            #expect(diary.entries == ["begun"])
        }
    }
}

extension TestServer {
    func worker(
        _ definitions: [JobDefinition], _ limits: JobWorker.Limits = .init(), listener: Listener? = nil,
        clock: ManualClock
    ) -> JobWorker {
        JobWorker(
            definitions, stores: (installation.database, installation.system), listener: listener,
            limits: limits, clock: RealClock { clock.now() }, logger: .silent)
    }
}

extension Company {
    fileprivate func ask(for kind: String, _ payload: String = "{}", at now: Instant) async throws {
        try await server.installation.database.write(scope) { tx in
            try await Job.ask(for: kind, JSONText(payload), in: tx, at: now)
        }
    }
}
