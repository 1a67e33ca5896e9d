import Foundation
import HTTPTypes
import Invoicing
import Kernel
import MPanelServer
import Platform
import Postgres
import TestKit
import Testing
import Web

/// What is done to many invoices by one request.
@Suite("Stories of batches of invoices")
struct BatchStories {
    private static func drafts(
        _ count: Int, _ owner: TestClient, to customer: String
    ) async throws -> [InvoiceID] {
        var ids: [InvoiceID] = []
        for place in 1...count {
            ids.append(try await owner.invoice([Int64(place) * 100], to: customer, finalized: false))
        }
        return ids
    }

    private static func start(_ owner: TestClient, _ body: JSONValue) async throws -> String {
        let asked = try await owner.send(.post, "/v1/invoice-batches", body)
        try #require(asked.status == 202, "\(asked.text)")
        #expect(asked["state"] == "queued" && asked["done_count"] == 0)
        return "/v1/invoice-batches/\(try #require(asked["id"].text))"
    }

    private static func wire(_ ids: [InvoiceID]) -> JSONValue { .array(ids.map { .string("\($0)") }) }

    @Test("each is done once, in their order, and one that is refused does not stop the rest")
    func finalized() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let ids = try await Self.drafts(5, owner, to: customer)
            // The second has no lines, the fourth is gone before its turn.
            _ = try await owner.send(.delete, "/v1/invoices/\(ids[1])/lines/1")
            let path = try await Self.start(
                owner, ["operation": "finalize", "invoice_ids": Self.wire(ids.reversed())])
            #expect(try await owner.send(.delete, "/v1/invoices/\(ids[3])").status == 204)
            let worker = company.server.installation.worker()
            #expect(try await worker.drain() == 1)
            let done = try await owner.send(.get, path)
            #expect(done["state"] == "finished" && done["item_count"] == 5, "\(done.text)")
            #expect(done["done_count"] == 3 && done["failed_count"] == 2)
            #expect(done["finished_at"] != .null)
            let items = try await owner.send(.get, "\(path)/items")["items"].items
            #expect(.array(items.map(\.["invoice_id"])) == Self.wire(ids.reversed()))
            #expect(items.map(\.["state"]) == ["done", "failed", "done", "failed", "done"])
            #expect(items.map(\.["code"]) == [.null, "not_found", .null, "invoice_empty", .null])
            // By pages as well.
            let first = try await owner.send(.get, "\(path)/items?state=failed&limit=1")
            #expect(first["items"].items.map(\.["position"]) == [2])
            let cursor = try #require(
                first["next_cursor"].text?.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let second = try await owner.send(.get, "\(path)/items?state=failed&limit=1&cursor=\(cursor)")
            #expect(second["items"].items.map(\.["position"]) == [4] && second["next_cursor"] == .null)
            let numbers = (1...3).map { "A-2026-\($0.padded(6))" }
            #expect(try await company.numbers() == numbers)
            let audited = try await owner.send(.get, "/v1/audit-entries?verb=finalizeInvoice")["items"].items
            #expect(audited.count == 3 && audited.allSatisfy { $0["actor_kind"] == "user" })
            #expect(try await worker.drain() == 0)
            #expect(try await owner.send(.get, "/v1/invoice-batches")["items"] == [done.json])
            #expect(try await company.audit() == [])
        }
    }

    @Test("a filter means what the operation can be done to")
    func filtered() async throws {
        try await Company.withOwner { company, owner in
            let customers = [try await owner.customer(), try await owner.customer()]
            for customer in customers { _ = try await Self.drafts(2, owner, to: customer) }
            let worker = company.server.installation.worker()
            let all = try await Self.start(
                owner, ["operation": "finalize", "customer_id": .string(customers[0])])
            try await worker.drain()
            #expect(try await owner.send(.get, all)["done_count"] == 2)
            let none = try await Self.start(owner, ["operation": "finalize", "service_until": "2026-11-30"])
            try await worker.drain()
            #expect(try await owner.send(.get, none)["item_count"] == 0)
            let voided = try await Self.start(
                owner, ["operation": "void", "service_until": "2026-12-01", "reason": "A mistake"])
            try await worker.drain()
            #expect(try await owner.send(.get, voided)["done_count"] == 2)
            #expect(try await owner.send(.get, "/v1/invoices?state=void")["items"].items.count == 2)
            #expect(try await owner.send(.get, "/v1/invoices?state=draft")["items"].items.count == 2)
            #expect(try await company.audit() == [])
        }
    }

    @Test(
        "what cannot be meant is refused",
        arguments: [
            (["operation": "finalize"], "unusable_batch"),
            (["operation": "finalize", "invoice_ids": []], "unusable_batch"),
            (["operation": "void", "service_until": "2026-12-01"], "unusable_batch"),
            (["operation": "finalize", "service_until": "2026-12-01", "reason": "x"], "unusable_batch"),
            (["operation": "send", "service_until": "2026-12-01"], "invalid"),
            (
                ["operation": "finalize", "invoice_ids": ["inv_01h455vb4pex5vsknk084sn02q"]],
                "unknown_invoice"
            ),
        ] as [(JSONValue, String)])
    func refused(body: JSONValue, code: String) async throws {
        try await Company.withOwner { _, owner in
            let answer = try await owner.send(.post, "/v1/invoice-batches", body)
            #expect(answer.status == 422 && answer["code"] == .string(code), "\(answer.text)")
        }
    }

    @Test("a worker that is lost in the middle leaves the rest to the next, and nothing is done twice")
    func lost() async throws {
        try await Company.withOwner { company, owner in
            let ids = try await Self.drafts(30, owner, to: try await owner.customer())
            let path = try await Self.start(owner, ["operation": "finalize", "invoice_ids": Self.wire(ids)])
            let worker = company.server.installation.worker()
            // The drain that a SIGTERM begins, once some are done.
            let first = Task { try await worker.drain() }
            while try await owner.send(.get, path)["done_count"].integer ?? 0 < 3 { await Task.yield() }
            first.cancel()
            _ = await first.result
            let midway = try await owner.send(.get, path)
            #expect((3...30).contains(midway["done_count"].integer ?? 0), "\(midway.text)")
            // Two at once.
            async let second: Int = worker.drain()
            async let third: Int = company.server.installation.worker().drain()
            _ = try await (second, third)
            let done = try await owner.send(.get, path)
            #expect(done["state"] == "finished" && done["done_count"] == 30, "\(done.text)")
            let numbers = (1...30).map { "A-2026-\($0.padded(6))" }
            #expect(try await company.numbers() == numbers)
            #expect(try await company.audit() == [])
        }
    }
}
