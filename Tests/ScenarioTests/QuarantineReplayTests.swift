import Foundation
import HTTPTypes
import Kernel
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Items taken out of quarantine")
struct QuarantineReplayTests {
    private static let standing = "C1,EUR,2026-11-15,1,1000,190,1190"
    /// 2 × 10.00 + 19 %.
    private static let mended = "C1,EUR,2026-11-15,1,2000,380,2380"

    @Test("a replay bills the item once when the cause is mended, and no run bills it again")
    func mended() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            try await company.mendGold()
            let replay = try await staff.send(.post, "/v1/quarantine/\(id)/replay")
            #expect(replay.status == 200, "\(replay.text)")
            #expect(replay["id"] == .string(id))
            #expect(replay["released"] == true)
            #expect(replay["reason"] == .null)
            let invoice = try #require(replay["invoice_ids"][0].text)
            #expect(replay["invoice_ids"].items.count == 1)
            #expect(
                try await staff.send(.get, "/v1/invoices/\(invoice)")["gross"]
                    == ["amount": 2380, "currency": "EUR"])
            #expect(try await company.invoices() == [Self.standing, Self.mended])
            #expect(try await company.quarantine() == [])
            #expect(try await company.audit() == [])

            #expect(try await staff.send(.post, "/v1/quarantine/\(id)/replay").status == 404)
            #expect(try await staff.send(.get, "/v1/quarantine/\(id)").status == 404)
            let report = try await company.bill()
            #expect(report.totals.isEmpty && report.failed == [] && report.quarantined == 0)
            #expect(try await company.invoices() == [Self.standing, Self.mended])
            let owner = try await staff.signedIn(company.user(.owner))
            let entries = try await owner.send(.get, "/v1/audit-entries?object_id=\(id)")["items"].items
            #expect(entries.map { $0["verb"] } == ["replayQuarantinedItem"])
        }
    }

    @Test("a replay that fails again keeps the item, with one attempt more, and leaves nothing half done")
    func again() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            // Due as well, and to be billed with the item or not at all.
            try await company.setToday("2026-12-20")
            let before = try await company.server.digests(but: Self.unlooked)
            for attempts in 2...3 {
                let replay = try await staff.send(.post, "/v1/quarantine/\(id)/replay")
                #expect(replay.status == 200, "\(replay.text)")
                #expect(replay["released"] == false)
                #expect(replay["reason"] == "overflow")
                #expect(replay["invoice_ids"] == [])
                #expect(replay["attempts"] == .integer(Int64(attempts)))
                #expect(try await company.quarantine() == ["G1 overflow \(attempts)"])
            }
            #expect(try await company.server.digests(but: Self.unlooked) == before)
            #expect(
                try await staff.send(.get, "/v1/quarantine/\(id)")["inputs"]["issued_on"] == "2026-12-20")
            #expect(try await company.audit() == [])
            #expect(try await company.bill().invoices == 1)
        }
    }

    private static let unlooked = TestServer.auditLog.union(["quarantined_items"])

    @Test("what the database refuses in a replay is undone alone: the item stays, the answer says why")
    func refused() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            try await company.mendGold()
            try await company.refuseInvoices(of: "C1")
            let before = try await company.server.digests(but: Self.unlooked)
            let replay = try await staff.send(.post, "/v1/quarantine/\(id)/replay")
            #expect(replay["released"] == false)
            #expect(replay["reason"] == "refused")
            #expect(replay["detail"].text?.contains("refused_by_test") == true)
            #expect(try await company.quarantine() == ["G1 refused 2"])
            #expect(try await company.server.digests(but: Self.unlooked) == before)
            #expect(try await company.audit() == [])

            try await company.overseen("ALTER TABLE invoices DROP CONSTRAINT refused_by_test")
            #expect(try await staff.send(.post, "/v1/quarantine/\(id)/replay")["released"] == true)
            #expect(try await company.invoices() == [Self.standing, Self.mended])
            #expect(try await company.audit() == [])
        }
    }

    @Test("replays and runs at once bill the item once")
    func races() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            try await company.mendGold()
            let replays = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 {
                    group.addTask { try await staff.send(.post, "/v1/quarantine/\(id)/replay").status }
                    group.addTask {
                        _ = try await company.bill()
                        return 0
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.filter { $0 > 0 }
            }
            #expect(replays.sorted() == [200, 404, 404, 404])
            #expect(try await company.invoices() == [Self.standing, Self.mended])
            #expect(try await company.audit() == [])
        }
    }

    @Test("a replay bills all terms that came due meanwhile")
    func manyTerms() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            // 15 November 2026 to 15 December 2029: 38 terms, more than one plan holds.
            try await company.setToday("2029-12-20")
            try await company.bill()
            try await company.mendGold()
            let replay = try await staff.send(.post, "/v1/quarantine/\(id)/replay")
            #expect(replay["invoice_ids"].items.count == 38)
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.invoices().count == 76)
            #expect(try await company.audit() == [])
        }
    }

    @Test("one that is released without billing is tried by the next run")
    func released() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            #expect(try await staff.send(.delete, "/v1/quarantine/\(id)").status == 204)
            #expect(try await staff.send(.delete, "/v1/quarantine/\(id)").status == 404)
            #expect(try await company.quarantine() == [])
            #expect(try await company.invoices() == [Self.standing])
            #expect(try await company.audit() == [])
            #expect(try await company.bill().failed.map(\.reference) == ["G1"])
            #expect(try await staff.onlyQuarantined() != id)

            #expect(
                try await staff.send(.delete, "/v1/quarantine/\(staff.onlyQuarantined())").status == 204)
            try await company.mendGold()
            #expect(try await company.bill().failed == [])
            #expect(try await company.invoices() == [Self.standing, Self.mended])
        }
    }

    @Test(
        "suspending and resuming its subscription bills nothing of it, and suspended it is billed by nobody")
    func suspended() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            let suspension = "/v1/subscriptions/\(try await staff.subscriptionOfQuarantined())/suspension"
            #expect(try await staff.send(.put, suspension, ["reason": "staff"]).status == 200)
            #expect(try await company.audit() == [])
            #expect(try await staff.send(.delete, suspension).status == 200)
            #expect(try await company.audit() == [])
            #expect(try await company.bill().failed == [], "it is in quarantine still")

            #expect(try await staff.send(.put, suspension, ["reason": "staff"]).status == 200)
            try await company.mendGold()
            let replay = try await staff.send(.post, "/v1/quarantine/\(id)/replay")
            #expect(replay["released"] == true)
            #expect(replay["invoice_ids"] == [])
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.audit() == [])
            #expect(try await staff.send(.delete, suspension).status == 200)
            #expect(try await company.bill().totals.isEmpty, "it was billed as it was resumed")
            #expect(try await company.invoices() == [Self.standing, Self.mended])
            #expect(try await company.audit() == [])
        }
    }

    @Test("a subscription that is cancelled at once leaves nothing to bill of it")
    func cancelled() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            let subscription = try await staff.subscriptionOfQuarantined()
            let path = "/v1/subscriptions/\(subscription)/cancellation"
            #expect(try await staff.send(.post, path, ["when": "now"]).status == 200)
            #expect(try await company.audit() == [])
            try await company.mendGold()
            #expect(try await staff.send(.post, "/v1/quarantine/\(id)/replay")["invoice_ids"] == [])
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.audit() == [])
        }
    }

    @Test("a subscription does not end before what is in quarantine of it was billed")
    func ending() async throws {
        try await gold { company, staff in
            let id = try await staff.onlyQuarantined()
            let subscription = "/v1/subscriptions/\(try await staff.subscriptionOfQuarantined())"
            let cancelled = try await staff.send(
                .post, "\(subscription)/cancellation", ["when": "term_end"])
            #expect(cancelled["cancel_on"] == "2026-12-15")
            try await company.setToday("2027-01-10")
            try await company.bill()
            #expect(try await staff.send(.get, subscription)["state"] == "active")
            try await company.mendGold()
            #expect(try await staff.send(.post, "/v1/quarantine/\(id)/replay")["released"] == true)
            #expect(
                try await company.invoices() == [
                    Self.standing, Self.mended, "C1,EUR,2026-12-15,1,1000,190,1190",
                ])
            try await company.bill()
            #expect(try await staff.send(.get, subscription)["state"] == "cancelled")
            #expect(try await company.audit() == [])
        }
    }

    @Test("the list shows the newest first, page by page, of a customer and for a reason")
    func list() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 5, gold: [1, 2, 4]), on: server)
            try await company.bill()
            try await company.setToday("2026-12-15")
            try await company.refuseInvoices(of: "C5")
            try await company.bill()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let all = try await staff.send(.get, "/v1/quarantine")["items"].items
                #expect(all.count == 4 && all[0]["reference"] == "S5")
                #expect(all.allSatisfy { $0["actions"] == ["replay", "release"] })
                var paged: [JSONValue] = []
                var cursor = ""
                repeat {
                    let page = try await staff.send(.get, "/v1/quarantine?limit=1\(cursor)")
                    paged += page["items"].items
                    cursor = page["next_cursor"].text.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(paged == all)
                let refused = try await staff.send(.get, "/v1/quarantine?reason=refused")["items"].items
                #expect(refused.map { $0["reference"] } == ["S5"])
                let customer = try #require(all[3]["customer_id"].text)
                #expect(
                    try await staff.send(.get, "/v1/quarantine?customer_id=\(customer)")["items"]
                        == .array([all[3]]))
                #expect(try await staff.send(.get, "/v1/quarantine?reason=none").status == 422)
                let reader = try await anyone.signedIn(company.user(.readOnly))
                #expect(try await reader.send(.get, "/v1/quarantine")["items"][0]["actions"] == [])
            }
        }
    }

    /// A customer with a subscription that is billed and another, G1, in quarantine.
    private func gold(_ body: @Sendable (Company, TestClient) async throws -> Void) async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 1, gold: [1]), on: server)
            try await company.bill()
            try await server.api { anyone in
                try await body(company, try await anyone.signedIn(company.user(.staff)))
            }
        }
    }
}

@Suite("mpanel quarantine")
struct QuarantineCommandTests {
    @Test("lists what could not be billed, and replays one item or all, stopping at none")
    func command() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 4, gold: [1, 2, 3]), on: server)
            let bill = try await mpanel(["bill", "--tenant", "acme"], server)
            #expect(bill.status == 3)
            #expect(bill.output.contains("3 items are in quarantine"))
            let list = try await mpanel(["quarantine", "list"], server)
            #expect(list.status == 0)
            for reference in ["G1", "G2", "G3"] { #expect(list.output.contains(" \(reference) ")) }
            let rows = list.output.split(separator: "\n").dropFirst()
            let id = try #require(rows.first?.split(separator: " ")[1]).description
            let none = try await mpanel(["quarantine", "list", "--reason", "refused"], server)
            #expect(none.output == "There are no such items in quarantine.\n")
            #expect(try await mpanel(["quarantine", "list", "--reason", "bad"], server).status == 64)
            #expect(try await mpanel(["quarantine", "replay", "--tenant", "acme"], server).status == 64)

            let failed = try await mpanel(["quarantine", "replay", "--tenant", "acme", id], server)
            #expect(failed.status == 3)
            #expect(failed.output.contains("\(id): stays after 2 attempts: overflow."))

            try await company.mendGold()
            try await company.refuseInvoices(of: "C2")
            let all = try await mpanel(["quarantine", "replay", "--tenant", "acme", "--all"], server)
            #expect(all.status == 3)
            #expect(all.output.contains("attempts: refused."))
            #expect(all.output.contains("2 of 3 items are released."))
            #expect(try await company.quarantine() == ["G2 refused 2"])
            #expect(try await company.invoices().count == 4 + 2)

            try await company.overseen("ALTER TABLE invoices DROP CONSTRAINT refused_by_test")
            let last = try await mpanel(["quarantine", "replay", "--tenant", "acme", "--all"], server)
            #expect(last.status == 0)
            #expect(last.output.contains("invoiced in inv_"))
            let empty = try await mpanel(["quarantine", "replay", "--tenant", "acme", "--all"], server)
            #expect(empty.status == 0 && empty.output == "Nothing is in quarantine.\n")
            #expect(try await mpanel(["bill", "--tenant", "acme"], server).status == 0)
            #expect(try await company.invoices().count == 4 + 3)
            #expect(try await company.audit() == [])
        }
    }

    private func mpanel(
        _ arguments: [String], _ server: TestServer
    ) async throws -> (output: String, status: Int32) {
        let ending = try await MPanelProcess(arguments, on: server.database).end()
        return (String(decoding: ending.output, as: UTF8.self), ending.status)
    }
}

extension TestClient {
    /// The id of the only item in quarantine.
    fileprivate func onlyQuarantined() async throws -> String {
        let list = try await send(.get, "/v1/quarantine")
        #expect(list["items"].items.count == 1)
        return try #require(list["items"][0]["id"].text)
    }

    fileprivate func subscriptionOfQuarantined() async throws -> String {
        try #require(try await send(.get, "/v1/quarantine")["items"][0]["subscription_id"].text)
    }
}
