import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Billing runs that are asked for over the API")
struct BillingRunRequestTests {
    @Test("a run is accepted, waits, runs, and shows its totals")
    func run() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-10-15"), on: server)
            let worker = server.installation.worker()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                #expect(try await worker.drain() == 0, "nothing waits")
                let asked = try await staff.send(.post, "/v1/billing-runs", ["as_of": "2026-12-20"])
                #expect(asked.status == 202)
                #expect(asked["state"] == "queued")
                #expect(asked["is_ahead"] == true)
                #expect(asked["issued_on"] == "2026-12-01")
                let path = "/v1/billing-runs/\(try #require(asked["id"].text))"
                #expect(try await staff.send(.get, path)["state"] == "queued")
                #expect(try await company.invoices() == [])

                #expect(try await worker.drain() == 1)
                let finished = try await staff.send(.get, path)
                #expect(finished["state"] == "finished")
                #expect(
                    finished["totals"] == [
                        "EUR": ["invoices": 3, "lines": 3, "net": 3000, "tax": 570, "gross": 3570]
                    ])
                #expect(finished["failed"] == [])
                #expect(finished["finished_at"].text != nil)
                #expect(try await company.invoices().count == 3)
                #expect(try await worker.drain() == 0, "it is done once")
                let list = try await staff.send(.get, "/v1/billing-runs")
                #expect(list["items"] == [finished.json])
            }
        }
    }

    @Test("a second run is refused only while one waits")
    func oneWaiting() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let worker = server.installation.worker()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                for _ in 1...2 {
                    #expect(try await staff.send(.post, "/v1/billing-runs", [:]).status == 202)
                    let second = try await staff.send(.post, "/v1/billing-runs", [:])
                    #expect(second.status == 409)
                    #expect(second["code"] == "billing_already_asked")
                    #expect(try await worker.drain() == 1)
                }
            }
            #expect(try await company.invoices().count == 1)
        }
    }

    @Test("one company's waiting run neither holds up another's nor shows there")
    func otherCompany() async throws {
        try await TestServer.run { server in
            let ours = try await Company(.monthly(from: "2026-11-15"), as: "ours", on: server)
            let theirs = try await Company(.monthly(from: "2026-11-15"), as: "theirs", on: server)
            try await server.api { anyone in
                let we = try await anyone.signedIn(ours.user())
                let they = try await anyone.signedIn(theirs.user())
                let asked = try await we.send(.post, "/v1/billing-runs", [:])
                let path = "/v1/billing-runs/\(try #require(asked["id"].text))"
                #expect(try await we.send(.get, path).status == 200)
                let unknown = try await they.send(.get, path)
                #expect(unknown.status == 404)
                #expect(unknown["code"] == "not_found")
                #expect(try await they.send(.get, "/v1/billing-runs")["items"] == [])
                #expect(try await they.send(.post, "/v1/billing-runs", [:]).status == 202)
            }
            #expect(try await server.installation.worker().drain() == 2)
            #expect(try await ours.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
            #expect(try await theirs.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
        }
    }

    @Test("a dry run shows what would be billed and bills nothing")
    func dryRun() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let unlooked = TestServer.auditLog.union(["billing_runs", "jobs", "seller_snapshots"])
                let before = try await server.digests(but: unlooked)
                let asked = try await staff.send(.post, "/v1/billing-runs", ["dry_run": true])
                #expect(try await server.installation.worker().drain() == 1)
                let finished = try await staff.send(
                    .get, "/v1/billing-runs/\(try #require(asked["id"].text))")
                #expect(finished["is_dry_run"] == true)
                #expect(finished["totals"]["EUR"]["gross"] == 1190)
                #expect(try await server.digests(but: unlooked) == before)
            }
        }
    }

    @Test("who may only read sees the runs and may not start one")
    func readOnly() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let reader = try await anyone.signedIn(company.user(.readOnly))
                #expect(try await reader.send(.get, "/v1/billing-runs").status == 200)
                #expect(try await reader.send(.post, "/v1/billing-runs", [:]).status == 403)
                #expect(try await anyone.send(.post, "/v1/billing-runs", [:]).status == 401)
            }
        }
    }
}
