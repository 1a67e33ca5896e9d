import Automation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Postgres
import Subscriptions
import Tenancy
import TestKit
import Testing
import Web

@Suite("The daily automation")
struct AutomationScenarioTests {
    @Test("bills each day at the company's hour, once, whoever looks, and tells what it did")
    func daily() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            let worker = server.installation.worker()
            clock.set(try moment("2026-12-01T04:59:59Z"))
            #expect(try await server.installation.automation.scheduler.tick() == 0)
            #expect(try await worker.drain() == 0)

            clock.set(try moment("2026-12-01T05:00:00Z"))
            let others = try (1...3).map { _ in
                try TestServer.installation(on: server.database, clock: clock.real)
            }
            let begun = try await withThrowingTaskGroup(of: Int.self) { group in
                for other in others { group.addTask { try await other.automation.scheduler.tick() } }
                return try await group.reduce(0, +)
            }
            for other in others { await other.shutDown() }
            #expect(begun == 1)
            #expect(try await worker.drain() == 1)
            #expect(try await worker.drain() == 0)
            #expect(try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])

            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let runs = try await staff.send(.get, "/v1/automation-runs")["items"].items
                try #require(runs.count == 1)
                #expect(runs[0]["day"] == "2026-12-01")
                #expect(runs[0]["state"] == "finished")
                #expect(runs[0]["due_at"] == "2026-12-01T05:00:00Z")
                #expect(runs[0]["duration_ms"] == 0, "the test's clock stands still")
                let billing = runs[0]["steps"][0]
                #expect(billing["name"] == "billing")
                #expect(billing["state"] == "finished")
                #expect(billing["counts"] == ["invoices": 1, "lines": 1, "skipped": 0, "quarantined": 0])
                #expect(billing["amounts"] == ["EUR": ["net": 1000, "tax": 190, "gross": 1190]])
                #expect(billing["last_error"] == .null)
                let id = try #require(runs[0]["id"].text)
                #expect(try await staff.send(.get, "/v1/automation-runs/\(id)").json == runs[0])
                let status = try await staff.send(.get, "/v1/automation")
                #expect(status["next_run_at"] == "2026-12-02T05:00:00Z")
                #expect(status["last_run"] == runs[0])
                let owner = try await anyone.signedIn(company.user(.owner))
                let entries = try await owner.send(.get, "/v1/audit-entries?verb=startBillingRun")
                #expect(entries["items"].items.map { $0["actor_kind"] } == ["automation"])
            }
        }
    }

    @Test("catches up in one run what ten days of outage left undone")
    func outage() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            var provider = Provider.monthly(from: "2026-11-25")
            provider.subscriptions.append("S2,C1,web,EUR,month,1,1,2026-12-05,,,active,")
            let company = try await Company(provider, isSandbox: false, on: server)
            try await company.day(at: "2026-12-01T05:00:00Z", clock)
            try await company.day(at: "2026-12-12T09:00:00Z", clock)
            #expect(
                try await company.invoices() == [
                    "C1,EUR,2026-11-25,1,1000,190,1190", "C1,EUR,2026-12-05,1,1000,190,1190",
                ])
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let runs = try await staff.send(.get, "/v1/automation-runs")["items"].items
                try #require(runs.map { $0["day"] } == ["2026-12-12", "2026-12-01"])
                #expect(runs[0]["made_up_for"] == ["from": "2026-12-02", "to": "2026-12-11"])
                let bounded = try await staff.send(.get, "/v1/automation-runs?to=2026-12-11&limit=1")
                #expect(bounded["items"] == .array([runs[1]]))
            }
        }
    }

    @Test("follows the company's hour as soon as it changes")
    func hour() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            _ = try await server.installation.automation.scheduler.tick()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(company.user(.owner))
                #expect(
                    try await owner.send(.get, "/v1/automation")["next_run_at"] == "2026-12-01T05:00:00Z")
                let changed = try await owner.send(
                    .patch, "/v1/tenant/settings", ["automation_hour": 3, "time_zone": "Asia/Tokyo"])
                #expect(changed.status == 200)
                // 03:00 of the first of December in Tokyo.
                #expect(
                    try await owner.send(.get, "/v1/automation")["next_run_at"] == "2026-11-30T18:00:00Z")
                let wrong = try await owner.send(.patch, "/v1/tenant/settings", ["automation_hour": 24])
                #expect(wrong.status == 422)
            }
            clock.set(try moment("2026-11-30T18:00:00Z"))
            #expect(try await server.installation.automation.scheduler.tick() == 1)
        }
    }

    @Test("begins for more companies than one look reads, in one tick, and never for a sandbox")
    func many() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            for number in 1...230 { try await server.company(try #require(Slug("company-\(number)"))) }
            let sandbox = try await Company(.monthly(from: "2026-11-15"), on: server)
            clock.set(try moment("2026-12-01T05:00:10Z"))
            #expect(try await server.installation.automation.scheduler.tick() == 230)
            #expect(try await server.installation.automation.scheduler.tick() == 0)
            #expect(try await server.installation.worker().drain() == 230)
            clock.set(try moment("2027-12-01T05:00:10Z"))
            #expect(try await server.installation.automation.scheduler.tick() == 230)
            #expect(try await sandbox.texts("SELECT day::text AS line FROM automation_runs") == [])
            #expect(try await sandbox.invoices() == [])
        }
    }

    @Test("is begun and done by `mpanel work` as long as that runs")
    func process() async throws {
        // Two days ago, so that today's hour is not one that the company was founded behind.
        let founded = ManualClock(at: Instant.now().adding(seconds: -2 * 86_400))
        try await TestServer.run(clock: founded.real) { server in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            try await server.installation.database.write(company.scope) { tx in
                _ = try await tx.run("UPDATE tenant_settings SET automation_hour = 0")
            }
            let process = try MPanelProcess(["work"], on: server.database)
            var states: [String] = []
            for _ in 1...200 where states != ["finished"] {
                try await Task.sleep(for: .milliseconds(100))
                states = try await company.texts("SELECT state AS line FROM automation_runs")
            }
            #expect(states == ["finished"])
            process.terminate()
            let ending = try await process.end()
            #expect(ending.status == 0, "\(ending.errors)")
        }
    }

    @Test("gives a step that fails up, and does the steps behind it all the same")
    func failingStep() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            let diary = Diary()
            let automation = server.automation(
                [
                    AutomationStep("broken") { _ in throw Mishap() },
                    AutomationStep("after") { hand in
                        diary.note("\(hand.day)")
                        return hand.progress
                    },
                ], clock)
            let worker = server.worker(automation.jobs, clock: clock)
            clock.set(try moment("2026-12-01T05:00:00Z"))
            #expect(try await automation.scheduler.tick() == 1)
            for attempt in 1...5 {
                #expect(diary.entries == [])
                #expect(try await worker.drain() == (attempt == 5 ? 2 : 1))
                // Longer than the longest pause.
                clock.advance(seconds: 7200)
            }
            #expect(diary.entries == ["2026-12-01"])
            let steps = try await company.texts(
                "SELECT concat_ws(' ', place, name, state, last_error) AS line FROM automation_steps")
            #expect(steps == ["1 broken failed Mishap", "2 after finished"])
            #expect(try await company.texts("SELECT state AS line FROM automation_runs") == ["failed"])

            // A person mends it and has the dead job tried again.
            let mended = server.automation(
                [AutomationStep("broken") { $0.progress }, AutomationStep("after") { $0.progress }], clock)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let dead = try await staff.send(.get, "/v1/jobs?state=dead")["items"][0]["id"]
                let path = "/v1/jobs/\(try #require(dead.text))/retry"
                #expect(try await staff.send(.post, path).status == 202)
            }
            #expect(try await server.worker(mended.jobs, clock: clock).drain() == 1)
            #expect(try await company.texts("SELECT state AS line FROM automation_runs") == ["finished"])
        }
    }
}

func moment(_ text: String) throws -> Instant {
    try #require(Instant(text))
}

extension TestServer {
    /// A server that goes by a real clock of the test's.
    static func live(
        at now: String, _ body: @Sendable (TestServer, ManualClock) async throws -> Void
    ) async throws {
        let clock = ManualClock(at: try moment(now))
        try await TestServer.run(clock: clock.real) { server in try await body(server, clock) }
    }

    /// An automation of these steps on this server's database.
    func automation(_ steps: [AutomationStep], _ clock: ManualClock) -> Automation {
        Automation(
            steps, stores: (installation.database, installation.system), tenants: installation.tenants,
            clock: clock.real, logger: .silent)
    }
}

extension Company {
    /// Lets it be this moment, and does what is due then.
    func day(at now: String, _ clock: ManualClock) async throws {
        clock.set(try moment(now))
        #expect(try await server.installation.automation.scheduler.tick() == 1)
        #expect(try await server.installation.worker().drain() == 1)
    }
}
