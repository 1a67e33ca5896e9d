import HTTPTypes
import Invoicing
import Kernel
import TestKit
import Testing
import Web

/// Drafts of one day that become one invoice.
@Suite("Stories of merged drafts")
struct MergeStories {
    @Test("the oldest takes all lines and notes, and the others are gone")
    func merged() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            var ids: [InvoiceID] = []
            for nets in [[1000], [250, 250], [3]] as [[Int64]] {
                ids.append(try await owner.invoice(nets, to: customer, finalized: false))
            }
            for (id, note) in zip(ids, ["First", nil, "Third"]) where note != nil {
                _ = try await owner.send(.patch, "/v1/invoices/\(id)", ["notes": .string(note ?? "")])
            }
            // 15.03 × 19 %, by line: 1.90 + 0.48 + 0.48 + 0.01.
            let merged = try await owner.send(
                .post, "/v1/invoice-merges",
                ["invoice_ids": .array([ids[2], ids[0], ids[1]].map { .string("\($0)") })])
            #expect(merged.status == 200, "\(merged.text)")
            #expect(merged["id"] == .string("\(ids[0])") && merged["notes"] == "First\nThird")
            #expect(merged["lines"].items.map(\.["net"]["amount"]) == [1000, 250, 250, 3])
            #expect(merged["lines"].items.map(\.["number"]) == [1, 2, 3, 4])
            #expect(merged["net"]["amount"] == 1503 && merged["tax"]["amount"] == 287)
            for id in ids.dropFirst() {
                #expect(try await owner.send(.get, "/v1/invoices/\(id)").status == 404)
            }
            let issued = try await owner.send(.post, "/v1/invoices/\(ids[0])/finalization")
            #expect(issued["number"] == "A-2026-000001")
            #expect(try await company.audit() == [])
        }
    }

    @Test("drafts that differ, and what is no draft, stay as they are")
    func refused() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let draft = try await owner.invoice([1000], to: customer, finalized: false)
            let issued = try await owner.invoice([1000], to: customer)
            let foreign = try await owner.invoice([1000], to: try await owner.customer(), finalized: false)
            let dollars = try await owner.invoice([1000], in: "USD", to: customer, finalized: false)
            let later = try await owner.invoice([1000], to: customer, finalized: false)
            _ = try await owner.send(.patch, "/v1/invoices/\(later)", ["service_on": "2026-12-02"])
            let ordered = try await owner.invoice([1000], to: customer, finalized: false)
            _ = try await owner.send(.patch, "/v1/invoices/\(ordered)", ["purchase_order_number": "PO-1"])
            for (other, status, code) in [
                (issued, 409, "wrong_state"), (foreign, 409, "drafts_differ"),
                (dollars, 409, "drafts_differ"), (later, 409, "drafts_differ"),
                (ordered, 409, "drafts_differ"), (.new(), 422, "unknown_invoice"),
                (draft, 422, "unusable_merge"),
            ] as [(InvoiceID, Int, String)] {
                let answer = try await owner.send(
                    .post, "/v1/invoice-merges",
                    ["invoice_ids": [.string("\(draft)"), .string("\(other)")]])
                #expect(answer.status == status && answer["code"] == .string(code), "\(answer.text)")
            }
            #expect(try await owner.send(.get, "/v1/invoices?state=draft")["items"].items.count == 5)
        }
    }
}
