import Automation
import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Postgres
import Seeds
import TestKit
import Testing
import Web

@Suite("The clock of a sandbox", .serialized)
struct SandboxClockTests {
    @Test("goes day by day to its target, and each day's automation bills what is due then")
    func dayByDay() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let path = "/v1/sandbox/clock"
                #expect(
                    try await staff.send(.get, path).json == ["today": "2026-12-01", "state": "ready"])
                let asked = try await staff.send(.post, path + "/advance", ["to": "2027-01-20"])
                #expect(asked.status == 202)
                #expect(asked["state"] == "advancing")
                #expect(asked["today"] == "2026-12-01")
                #expect(asked["advance"]["to"] == "2027-01-20")
                #expect(asked["advance"]["days_done"] == 0)
                #expect(asked["advance"]["days"] == 50)
                let second = try await staff.send(.post, path + "/advance", ["to": "2027-01-21"])
                #expect(second.status == 409)
                #expect(second["code"] == "clock_advancing")

                #expect(try await server.installation.worker().drain() == 51)
                #expect(
                    try await staff.send(.get, path).json == ["today": "2027-01-20", "state": "ready"])
                // Each invoice is dated with the day on which it became due.
                let issued = try await company.texts(
                    "SELECT concat_ws(' ', issued_on, service_on, number) AS line FROM invoices")
                #expect(
                    issued == [
                        "2026-12-01 2026-11-15 A-2026-000001", "2026-12-15 2026-12-15 A-2026-000002",
                        "2027-01-15 2027-01-15 A-2027-000001",
                    ])
                let days = try await company.days()
                #expect(days.count == 51)
                #expect(days.allSatisfy { $0.hasSuffix(" finished") })
                #expect(days.last == "2027-01-20 finished")
                let ran = try await staff.send(
                    .get, "/v1/automation-runs?from=2026-12-15&to=2026-12-15")["items"].items
                #expect(ran.count == 1)
                #expect(ran[0]["steps"][0]["counts"]["invoices"] == 1)
                #expect(ran[0]["due_at"] == .null)
                #expect(ran[0]["made_up_for"] == .null)
            }
            #expect(try await company.audit() == [])
        }
    }

    @Test(
        "goes neither back nor further than two years",
        arguments: ["2026-12-01", "2026-11-30", "2028-12-02", "9999-12-31"])
    func bounded(to day: String) async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let refused = try await staff.send(
                    .post, "/v1/sandbox/clock/advance", ["to": .string(day)])
                #expect(refused.status == 422)
                #expect(refused["errors"].items.map { $0["pointer"] } == ["/to"])
                #expect(try await staff.send(.get, "/v1/sandbox/clock")["state"] == "ready")
                let longest = try await staff.send(
                    .post, "/v1/sandbox/clock/advance", ["to": "2028-12-01"])
                #expect(longest.status == 202)
            }
        }
    }

    @Test("is nothing that a company has that goes by the real one")
    func live() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), isSandbox: false, on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                for answer in [
                    try await staff.send(.get, "/v1/sandbox/clock"),
                    try await staff.send(.post, "/v1/sandbox/clock/advance", ["to": "2099-01-01"]),
                ] {
                    #expect(answer.status == 409)
                    #expect(answer["code"] == "not_a_sandbox")
                }
            }
        }
    }

    @Test("halts while the automation is stopped, and then goes on to where it was sent")
    func stopped() async throws {
        try await TestServer.live(at: "2026-11-30T12:00:00Z") { server, clock in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                _ = try await staff.send(.put, "/v1/automation/stop", ["reason": "Wait"])
                let asked = try await staff.send(.post, "/v1/sandbox/clock/advance", ["to": "2026-12-04"])
                #expect(asked.status == 202)
                #expect(try await server.installation.worker().drain() == 1)
                #expect(try await staff.send(.get, "/v1/sandbox/clock")["today"] == "2026-12-01")
                _ = try await staff.send(.delete, "/v1/automation/stop")
                #expect(try await server.installation.worker().drain() == 4)
                #expect(try await staff.send(.get, "/v1/sandbox/clock")["today"] == "2026-12-04")
            }
        }
    }

    @Test("killed in the middle again and again, it arrives, and the books are those of an undisturbed one")
    func killed() async throws {
        try await TestServer.run { server in
            let killed = try await Company(.neighbours(40), as: "killed", on: server)
            let calm = try await Company(.neighbours(40), as: "calm", on: server)
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = Seeded(seed)
            let target = "2027-02-10"
            let arguments = ["sandbox", "advance", "--tenant", "killed", "--to", target]
            for _ in 1...5 {
                let before = try await killed.today()
                // Ten days at the most, of seventy: it never arrives, however fast the machine is.
                let day = before.adding(days: Int.random(in: 1...10, using: &random))
                let process = try MPanelProcess(arguments, on: server.database)
                while try await killed.today() < day, process.isRunning {}
                // Somewhere within the day that follows.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...20, using: &random)))
                process.kill()
                let ending = try await process.end()
                try #require(ending.wasKilled, "it has ended by itself; \(ending.errors), seed \(seed)")
                // As if the time of its lease had passed.
                try await server.installation.database.write(killed.scope) { tx in
                    _ = try await tx.run("UPDATE jobs SET due_at = now() WHERE state = 'running'")
                }
            }
            #expect(try await killed.today().description < target, "seed \(seed)")
            let last = try MPanelProcess(arguments, on: server.database)
            let ending = try await last.end()
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(String(decoding: ending.output, as: UTF8.self) == "It is \(target) in killed.\n")
            try await calm.advance(to: target)
            #expect(try await server.installation.worker().drain() > 70)
            try await expectSame(killed, calm, "seed \(seed)")
        }
    }

    @Test("moved by two processes at once, it bills nothing twice")
    func raced() async throws {
        try await TestServer.run { server in
            let raced = try await Company(.neighbours(40), as: "killed", on: server)
            let calm = try await Company(.neighbours(40), as: "calm", on: server)
            try await raced.advance(to: "2027-01-10")
            let processes = try (1...2).map { _ in
                try MPanelProcess(
                    ["sandbox", "advance", "--tenant", "killed", "--to", "2027-01-10"], on: server.database)
            }
            for process in processes {
                let ending = try await process.end()
                #expect(ending.status == 0, "\(ending.errors)")
            }
            try await calm.advance(to: "2027-01-10")
            try await server.installation.worker().drain()
            try await expectSame(raced, calm)
        }
    }

    private func expectSame(
        _ company: Company, _ undisturbed: Company, _ comment: Comment? = nil
    ) async throws {
        let lines = try await undisturbed.lines()
        try #require(lines.count > 80)
        #expect(try await company.lines() == lines, comment)
        #expect(try await company.invoices() == undisturbed.invoices(), comment)
        #expect(try await company.numbers() == undisturbed.numbers(), comment)
        #expect(try await company.ledger() == undisturbed.ledger(), comment)
        #expect(try await company.days() == undisturbed.days(), comment)
        #expect(try await company.audit() == [], comment)
        #expect(try await undisturbed.audit() == [], comment)
    }
}

extension Company {
    fileprivate func advance(to day: String) async throws {
        let target = try #require(Day(day))
        let actor = Actor(.operatorCommand, role: .owner, scope: scope)
        _ = try await server.installation.commands.carryOut("advanceSandboxClock", by: actor) { change in
            try await server.installation.automation.runs.advance(to: target, in: change)
                .told { SandboxClockBody($0) }
        }
    }

    /// Every day that the automation had, and its end.
    fileprivate func days() async throws -> [String] {
        try await texts("SELECT concat_ws(' ', day, state) AS line FROM automation_runs")
    }

    /// Every posting, sorted: whose, when, from where to where, how much.
    fileprivate func ledger() async throws -> [String] {
        try await texts(
            """
            SELECT concat_ws(',', c.reference, p.posted_on, p.cause, p.entry, p.debit_account,
                p.credit_account, p.amount_minor, p.currency) AS line
            FROM postings AS p JOIN customers AS c ON c.tenant_id = p.tenant_id AND c.id = p.customer_id
            """)
    }
}

extension Provider {
    /// Customers whose terms began on different days of the month before, so that something is due each day.
    fileprivate static func neighbours(_ customers: Int) -> Provider {
        var crowd = Provider()
        crowd.customers = customers
        crowd.subscriptions = (1...customers).map { number in
            "S\(number),C\(number),web,EUR,month,1,1,2026-11-\((1 + number % 28).padded(2)),,,active,"
        }
        return crowd
    }
}
