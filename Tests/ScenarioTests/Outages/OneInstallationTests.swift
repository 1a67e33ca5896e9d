import Foundation
import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

/// Real processes on one PostgreSQL and one Redis, none of which keeps anything to itself.
@Suite("Two servers and two workers are one", .serialized, .timeLimit(.minutes(5)))
struct OneInstallationTests {
    @Test("a run that is asked of one server is done though its worker is killed, and the other server tells")
    func billing() async throws {
        try await withFleet { fleet, standing in
            let company = try await Company(.crowd(of: 64), as: "crowd", on: standing.company.server)
            let (one, two) = (try await fleet.launch(on: standing), try await fleet.launch(on: standing))
            let client = try await ServerClient.signedIn(company.user(), at: one.address)
            let overseer = try await Connection.open(PostgresSettings(url: standing.database.superuserURL))

            // Nobody gets an invoice number: the run stands still in its middle.
            try await overseer.execute(script: "BEGIN; LOCK TABLE number_series IN EXCLUSIVE MODE")
            let doomed = try fleet.hire(on: standing)
            let asked = try await client.send(.post, one.address + "/v1/billing-runs", [:])
            #expect(asked.status == 202)
            let run = "/v1/billing-runs/\(try #require(asked.json["id"].text))"
            #expect(try await client.state(of: two.address + run, awaiting: "running") == "running")
            _ = try fleet.hire(on: standing)
            doomed.kill()
            // Its lease would run out within a minute.
            try await overseer.execute(
                script: "COMMIT; UPDATE jobs SET due_at = now() WHERE state = 'running'")
            #expect(try await client.state(of: two.address + run, awaiting: "finished") == "finished")

            let told = try await client.send(.get, two.address + run)
            #expect(told.json["failed"] == [])
            #expect(told.json == (try await client.send(.get, one.address + run)).json)
            #expect(try await company.due(through: "2026-12-01") == 0)
            #expect(try await company.audit() == [])
            let lines = try await company.lines()
            #expect(lines.count > 64 && Set(lines).count == lines.count, "nothing is billed twice")
        }
    }

    @Test("a clock that one server is asked to move arrives, each day done once, whoever does it")
    func clock() async throws {
        try await withFleet { fleet, standing in
            let company = try await Company(
                .monthly(from: "2026-11-15"), as: "sandbox", on: standing.company.server)
            let (one, two) = (try await fleet.launch(on: standing), try await fleet.launch(on: standing))
            for _ in 1...2 { _ = try fleet.hire(on: standing) }
            let client = try await ServerClient.signedIn(company.user(), at: one.address)
            let clock = "/v1/sandbox/clock"
            let asked = try await client.send(.post, one.address + clock + "/advance", ["to": "2027-01-20"])
            #expect(asked.status == 202)
            #expect(try await client.state(of: two.address + clock, awaiting: "ready") == "ready")
            #expect(try await client.send(.get, two.address + clock).json["today"] == "2027-01-20")
            let days = try await company.texts(
                "SELECT concat_ws(' ', day, state) AS line FROM automation_runs")
            #expect(days.count == 51 && days.allSatisfy { $0.hasSuffix(" finished") })
            #expect(try await company.invoices().count == 3)
            #expect(try await company.audit() == [])
        }
    }

    @Test("who is signed out at one is signed out at the other, and what one has done the other repeats")
    func requests() async throws {
        try await withFleet { fleet, standing in
            let (one, two) = (try await fleet.launch(on: standing), try await fleet.launch(on: standing))
            let client = try await ServerClient.signedIn(standing.sign, at: one.address)
            let anna = Standing.customer("anna")
            let made = try await client.send(.post, one.address + "/v1/customers", anna, key: "anna")
            let again = try await client.send(.post, two.address + "/v1/customers", anna, key: "anna")
            #expect(made.status == 201 && again.status == 201)
            #expect(!made.isReplay && again.isReplay)
            #expect(made.json == again.json)

            let session = try await client.send(.delete, one.address + "/v1/me/session")
            #expect(session.status == 204)
            #expect(try await client.send(.get, two.address + "/v1/me").status == 401)
        }
    }

    private func withFleet(_ body: @Sendable (Fleet, Standing) async throws -> Void) async throws {
        try await Standing.run { standing in
            let fleet = Fleet(["--without-jobs"])
            defer { fleet.killAll() }
            try await body(fleet, standing)
        }
    }
}

extension ServerClient {
    /// What an object says of its state, as soon as that is `wanted`; else its last words after a minute.
    fileprivate func state(of url: String, awaiting wanted: String) async throws -> String? {
        let deadline = ContinuousClock.now + .seconds(60)
        var state: String?
        repeat {
            state = try await send(.get, url).json["state"].text
            if state == wanted { break }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        return state
    }
}
