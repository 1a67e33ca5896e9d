import Automation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Postgres
import TestKit
import Testing
import Web

@Suite("The emergency stop of the automation")
struct AutomationStopTests {
    @Test("halts a running step at its next checkpoint, and after the resumption it goes on from there")
    func halted() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            let diary = Diary()
            clock.set(try moment("2026-12-01T05:00:00Z"))
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let automation = server.automation(
                    [
                        AutomationStep("five") { hand in
                            var progress = hand.progress
                            while progress.itemsDone < 5 {
                                progress.itemsDone += 1
                                diary.note("\(progress.itemsDone)")
                                if progress.itemsDone == 2 {
                                    let stop = try await staff.send(
                                        .put, "/v1/automation/stop", ["reason": "Wrong prices"])
                                    #expect(stop.status == 200)
                                }
                                try await hand.checkpoint(progress)
                            }
                            return progress
                        }
                    ], clock)
                let worker = server.worker(automation.jobs, clock: clock)
                #expect(try await automation.scheduler.tick() == 1)
                #expect(try await worker.drain() == 1)
                #expect(diary.entries == ["1", "2"])
                // However often it looks meanwhile, no attempt is burnt and nothing is done.
                for _ in 1...7 {
                    clock.advance(seconds: 61)
                    #expect(try await worker.drain() == 1)
                }
                #expect(diary.entries == ["1", "2"])
                let jobs = try await company.texts(
                    "SELECT concat_ws(' ', state, attempts) AS line FROM jobs")
                #expect(jobs == ["waiting 0"])
                #expect(
                    try await company.texts("SELECT state AS line FROM automation_steps") == ["queued"])

                let resumed = try await staff.send(.delete, "/v1/automation/stop")
                #expect(resumed["is_stopped"] == false)
                #expect(try await worker.drain() == 1)
                #expect(diary.entries == ["1", "2", "3", "4", "5"])
                #expect(
                    try await company.texts("SELECT state AS line FROM automation_runs") == ["finished"])
            }
        }
    }

    @Test("lets no day begin, says why, who and when, and keeps nobody from billing by hand")
    func stopped() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            let other = try await Company(
                .monthly(from: "2026-11-15"), as: "other", isSandbox: false, on: server)
            let scheduler = server.installation.automation.scheduler
            let worker = server.installation.worker()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let reader = try await anyone.signedIn(company.user(.readOnly))
                let reason: JSONValue = ["reason": "Wrong prices"]
                #expect(try await reader.send(.put, "/v1/automation/stop", reason).status == 403)
                for reason in ["Wrong prices", "Another reason"] {
                    let stop = try await staff.send(
                        .put, "/v1/automation/stop", ["reason": .string(reason)])
                    #expect(stop.status == 200)
                    #expect(stop["is_stopped"] == true)
                    #expect(stop["next_run_at"] == .null)
                    #expect(
                        stop["stops"] == [
                            [
                                "level": "company", "reason": "Wrong prices",
                                "stopped_by": try await staff.send(.get, "/v1/me")["id"],
                                "stopped_at": "2026-11-30T12:00:00Z",
                            ]
                        ], "the first stands")
                }
                clock.set(try moment("2026-12-01T05:00:00Z"))
                #expect(try await scheduler.tick() == 1, "the other's")
                #expect(try await worker.drain() == 1)
                #expect(try await other.invoices().count == 1)
                #expect(try await company.invoices() == [])

                clock.set(try moment("2026-12-02T04:00:00Z"))
                let again = try await anyone.signedIn(company.user(.owner))
                #expect(try await again.send(.post, "/v1/billing-runs", [:]).status == 202)
                #expect(try await worker.drain() == 1)
                #expect(try await company.invoices().count == 1)

                #expect(try await again.send(.delete, "/v1/automation/stop")["stops"] == [])
                #expect(try await scheduler.tick() == 0, "it is not time yet")
                clock.set(try moment("2026-12-02T05:00:00Z"))
                #expect(try await scheduler.tick() == 2)
            }
        }
    }

    @Test("by the operator is not the company's to lift, nor the company's the operator's")
    func levels() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            let automation = server.installation.automation
            let `operator` = Actor(.operatorCommand, role: .owner, scope: company.scope)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                _ = try await server.installation.commands.carryOut("stopAutomation", by: `operator`) {
                    change in
                    let reason = try #require(Text<1, 500>("Maintenance"))
                    return try await automation.stop(reason, in: change).told { AutomationBody($0) }
                }
                _ = try await staff.send(.put, "/v1/automation/stop", ["reason": "Ours"])
                let lifted = try await staff.send(.delete, "/v1/automation/stop")
                #expect(lifted["stops"].items.map { $0["level"] } == ["operator"])
                #expect(lifted["stops"][0]["stopped_by"] == .null)
                clock.set(try moment("2026-12-01T05:00:00Z"))
                #expect(try await automation.scheduler.tick() == 0)
                let status = try await server.installation.commands.carryOut(
                    "resumeAutomation", by: `operator`
                ) { change in try await automation.resume(in: change).told { AutomationBody($0) } }
                #expect(!status.isStopped)
                #expect(try await automation.scheduler.tick() == 1)
            }
        }
    }
}
