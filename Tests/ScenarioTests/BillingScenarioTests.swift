import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

@Suite("The billing of one provider, day by day")
struct BillingScenarioTests {
    @Test("a suspended subscription is skipped and counted, and resuming bills what it missed")
    func suspension() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-10-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let id = try await staff.onlySubscription()
                let suspended = try await staff.send(
                    .put, "/v1/subscriptions/\(id)/suspension", ["reason": "staff"])
                #expect(suspended.status == 200)
                #expect(suspended["state"] == "suspended")
                let skipping = try await company.bill()
                #expect(skipping.skipped == 1)
                #expect(skipping.totals.isEmpty)
                #expect(try await company.audit() == [])

                let again = try await staff.send(
                    .put, "/v1/subscriptions/\(id)/suspension", ["reason": "staff"])
                #expect(again.status == 409, "it is suspended already")
                let resumed = try await staff.send(.delete, "/v1/subscriptions/\(id)/suspension")
                #expect(resumed["state"] == "active")
                let catchingUp = try await company.bill()
                #expect(catchingUp.skipped == 0)
                #expect(
                    try await company.invoices() == [
                        "C1,EUR,2026-10-15,1,1000,190,1190", "C1,EUR,2026-11-15,1,1000,190,1190",
                    ])
                #expect(try await company.audit() == [])
            }
            try await company.expectExplained()
        }
    }

    @Test("a subscription that is cancelled at once is billed no more, and what was billed stays")
    func cancelNow() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.bill()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let id = try await staff.onlySubscription()
                let cancelled = try await staff.send(
                    .post, "/v1/subscriptions/\(id)/cancellation", ["when": "now"])
                #expect(cancelled["state"] == "cancelled")
                #expect(cancelled["cancel_on"] == "2026-12-01")
                #expect(cancelled["actions"] == [])
            }
            try await company.setToday("2027-06-01")
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
            #expect(try await company.audit() == [])
            try await company.expectExplained()
        }
    }

    @Test("cancelled at its term's end, a subscription runs until then and is billed no more")
    func cancelAtTermEnd() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let id = try await staff.onlySubscription()
                let path = "/v1/subscriptions/\(id)"
                let cancelled = try await staff.send(.post, "\(path)/cancellation", ["when": "term_end"])
                #expect(cancelled["state"] == "active")
                #expect(cancelled["cancel_on"] == "2026-12-15")
                try await company.bill()
                #expect(
                    try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"],
                    "this term is still due")
                #expect(try await staff.send(.get, path)["state"] == "active")
                #expect(try await company.audit() == [])

                try await company.setToday("2026-12-15")
                #expect(try await company.bill().totals.isEmpty)
                #expect(try await staff.send(.get, path)["state"] == "cancelled")
                #expect(try await company.audit() == [])
            }
            try await company.expectExplained()
        }
    }

    @Test("a trial costs nothing, and its end starts the first term")
    func trial() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.prices = ["web,EUR,month,1,10.00,5.00"]
            provider.subscriptions = ["S1,C1,web,EUR,month,1,2,2026-11-20,2026-12-10,,trial,"]
            let company = try await Company(provider, on: server)
            for day in ["2026-12-01", "2026-12-09"] {
                try await company.setToday(day)
                #expect(try await company.bill().totals.isEmpty)
            }
            try await company.setToday("2026-12-10")
            try await company.bill()
            #expect(try await company.invoices() == ["C1,EUR,2026-12-10,2,3000,570,3570"])
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let path = "/v1/subscriptions/\(try await staff.onlySubscription())"
                #expect(try await staff.send(.get, path)["state"] == "active")
            }
            #expect(try await company.audit() == [])
            try await company.expectExplained()
        }
    }

    @Test("billing ahead bills the terms to come, dated today and payable from when they begin")
    func ahead() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.bill(asOf: "2027-01-20")
            let days = try await company.texts(
                "SELECT concat_ws(' ', service_on, issued_on, due_on, number) AS line FROM invoices")
            #expect(
                days == [
                    "2026-11-15 2026-12-01 2026-12-15 A-2026-000001",
                    "2026-12-15 2026-12-01 2026-12-15 A-2026-000002",
                    "2027-01-15 2026-12-01 2027-01-15 A-2026-000003",
                ])
            try await company.setToday("2027-01-20")
            #expect(try await company.bill().totals.isEmpty, "it is billed already")
            #expect(try await company.audit() == [])
            try await company.expectExplained()
        }
    }

    @Test("numbers start again with the year, because the format says the year")
    func newYear() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.bill()
            try await company.setToday("2027-01-15")
            try await company.bill()
            #expect(try await company.numbers() == ["A-2026-000001", "A-2027-000001", "A-2027-000002"])
            #expect(try await company.audit() == [])
            try await company.expectExplained()
        }
    }

    @Test("sixty days behind, each day has its invoice with all that starts on it")
    func catchUp() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.prices = [
                "web,EUR,day,1,1.00,0.00", "mail,EUR,day,1,2.00,0.00", "vps,EUR,week,1,30.00,7.00",
            ]
            provider.subscriptions = [
                "S1,C1,web,EUR,day,1,1,2026-10-03,,,active,",
                "S2,C1,mail,EUR,day,1,1,2026-11-12,,,active,",
                "S3,C1,vps,EUR,week,1,1,2026-10-03,,,active,",
            ]
            let company = try await Company(provider, on: server)
            let rehearsal = try await company.bill(isDryRun: true)
            let report = try await company.bill()
            #expect(report == rehearsal)
            let start = try #require(Day("2026-10-03"))
            let expected = (0..<60).map { offset in
                let week = offset % 7 == 0 ? 1 : 0
                let mail = offset >= 40 ? 1 : 0
                let lines = 1 + week + mail + (offset == 0 ? 1 : 0)
                let net = 100 + week * 3000 + mail * 200 + (offset == 0 ? 700 : 0)
                let sums = [lines, net, net * 19 / 100, net * 119 / 100].map(String.init)
                return "C1,EUR,\(start.adding(days: offset))," + sums.joined(separator: ",")
            }
            #expect(try await company.invoices() == expected)
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.audit() == [])
            try await company.expectExplained()
        }
    }

    @Test("an amount that overflows leaves its own item out: the first run names it, later ones count it")
    func overflow() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.customers = 3
            provider.prices = ["web,EUR,month,1,10.00,0.00", "gold,EUR,month,1,60000000000000000.00,0.00"]
            provider.subscriptions = [
                "S1,C1,web,EUR,month,1,1,2026-11-15,,,active,",
                "S2,C1,gold,EUR,month,1,2,2026-11-15,,,active,",
                "S3,C2,web,EUR,month,1,1,2026-11-15,,,active,",
                "S4,C2,gold,EUR,month,1,2,2026-11-15,,,active,",
                "S5,C3,web,EUR,month,1,1,2026-11-15,,,active,",
            ]
            let company = try await Company(provider, on: server)
            for isFirst in [true, false] {
                let report = try await company.bill()
                let failed = report.failed.compactMap(\.reference).sorted()
                #expect(failed == (isFirst ? ["S2", "S4"] : []), "what is in quarantine is not tried again")
                #expect(report.failed.allSatisfy { $0.reason == .overflow })
                #expect(report.quarantined == 2)
                #expect(report.invoices == (isFirst ? 3 : 0))
                #expect(
                    try await company.invoices() == (1...3).map { "C\($0),EUR,2026-11-15,1,1000,190,1190" })
                #expect(try await company.audit() == [])
            }
            let process = try MPanelProcess(["bill", "--tenant", "acme"], on: server.database)
            #expect(try await process.end().status == 3, "a script learns that something was left out")
            try await company.expectExplained()
        }
    }

    @Test("two amounts that fit are billed even when their sum does not")
    func sumOverflow() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.customers = 3
            provider.prices = ["web,EUR,month,1,10.00,0.00", "gold,EUR,month,1,60000000000000000.00,0.00"]
            provider.subscriptions = [
                "S1,C1,gold,EUR,month,1,1,2026-11-15,,,active,",
                "S2,C2,gold,EUR,month,1,1,2026-11-15,,,active,",
                "S3,C3,web,EUR,month,1,1,2026-11-15,,,active,",
            ]
            let company = try await Company(provider, on: server)
            let report = try await company.bill()
            #expect(report.failed.isEmpty && report.totals["EUR"]?.invoices == 3)
            #expect(report.totals["EUR"]?.gross == nil, "a sum that does not fit is not told wrongly")
            #expect(try await company.invoices().count == 3)
            #expect(try await company.audit() == [])
            #expect(try await company.bill().totals.isEmpty)
            try await company.expectExplained()
        }
    }
}

extension Provider {
    /// One customer with one subscription to 10.00 EUR a month.
    static func monthly(from day: String) -> Provider {
        var provider = Provider()
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,\(day),,,active,"]
        return provider
    }
}

extension TestClient {
    /// The id of the only subscription.
    func onlySubscription() async throws -> String {
        let list = try await send(.get, "/v1/subscriptions")
        #expect(list["items"].items.count == 1)
        return try #require(list["items"][0]["id"].text)
    }
}
