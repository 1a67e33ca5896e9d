import HTTPTypes
import Invoicing
import Kernel
import TestKit
import Testing
import Web

/// What a person writes, line by line, before it is issued.
@Suite("Stories of drafts")
struct DraftStories {
    private func line(_ text: String, _ minor: Int64, _ quantity: String = "1") -> JSONValue {
        [
            "description": .string(text), "quantity": .string(quantity),
            "unit_price": ["amount": .integer(minor), "currency": "EUR"],
        ]
    }

    @Test("lines come, change and go, and the draft adds up each time")
    func lines() async throws {
        try await Company.withOwner { company, owner in
            let id = try await owner.invoice([1000], to: try await owner.customer(), finalized: false)
            let path = "/v1/invoices/\(id)"
            func net(_ answer: TestClient.Answer) -> [JSONValue] {
                #expect(answer["line_count"].integer == Int64(answer["lines"].items.count))
                return answer["lines"].items.map { $0["net"]["amount"] } + [answer["gross"]["amount"]]
            }
            // 10.00 + 2 × 2.50 = 15.00, × 1.19.
            let added = try await owner.send(.post, "\(path)/lines", line("Cable", 250, "2"))
            #expect(added.status == 201 && net(added) == [1000, 500, 1785], "\(added.text)")
            // 3.00 + 5.00 = 8.00, × 1.19.
            let replaced = try await owner.send(.put, "\(path)/lines/1", line("Less work", 300))
            #expect(replaced.status == 200 && net(replaced) == [300, 500, 952])
            #expect(replaced["lines"][0]["description"] == "Less work")
            // What was the second is the first.
            let removed = try await owner.send(.delete, "\(path)/lines/1")
            #expect(removed.status == 200 && net(removed) == [500, 595])
            #expect(removed["lines"][0]["number"] == 1 && removed["lines"][0]["description"] == "Cable")
            for method in [HTTPRequest.Method.put, .delete] {
                let none = try await owner.send(
                    method, "\(path)/lines/2", method == .put ? line("x", 1) : nil)
                #expect(none.status == 404)
            }
            let dollars = line("x", 1).adding("unit_price", ["amount": 1, "currency": "USD"])
            let foreign = try await owner.send(.post, "\(path)/lines", dollars)
            #expect(foreign["errors"][0]["pointer"] == "/unit_price/currency")

            _ = try await owner.send(.post, "\(path)/finalization")
            for (method, place) in [
                (HTTPRequest.Method.post, "lines"), (.put, "lines/1"), (.delete, "lines/1"),
            ] {
                let frozen = try await owner.send(
                    method, "\(path)/\(place)", method == .delete ? nil : line("x", 1))
                #expect(frozen.status == 409 && frozen["code"] == "wrong_state")
            }
            #expect(try await company.audit() == [])
        }
    }

    @Test("two people do not move each other's lines")
    func versions() async throws {
        try await Company.withOwner { _, owner in
            let id = try await owner.invoice([1000, 2000], to: try await owner.customer(), finalized: false)
            let path = "/v1/invoices/\(id)"
            let tag = try #require(try await owner.send(.get, path).headers[.eTag])
            let mine = owner.with(.ifMatch, tag)
            #expect(try await mine.send(.delete, "\(path)/lines/1").status == 200)
            #expect(try await mine.send(.delete, "\(path)/lines/1").status == 412)
            #expect(try await mine.send(.patch, path, ["notes": "Late"]).status == 412)
            #expect(try await owner.send(.get, path)["line_count"] == 1)
        }
    }

    @Test("a line keeps its period and its product through whatever becomes of the draft")
    func references() async throws {
        try await Company.withOwner { _, owner in
            let product = try await owner.send(
                .post, "/v1/products", ["code": "support", "type": "custom", "name": "Support"])
            let id = try await owner.invoice([1000], to: try await owner.customer(), finalized: false)
            let path = "/v1/invoices/\(id)"
            let sold = line("Support in March", 5000)
                .adding("period_start", "2027-03-01").adding("period_end", "2027-04-01")
                .adding("product_id", product["id"])
            #expect(try await owner.send(.post, "\(path)/lines", sold).status == 201)
            _ = try await owner.send(.post, "\(path)/lines", line("More", 1))
            _ = try await owner.send(.patch, path, ["notes": "Thank you"])
            let issued = try await owner.send(.post, "\(path)/finalization")
            let kept = issued["lines"][1]
            #expect(kept["period_start"] == "2027-03-01" && kept["period_end"] == "2027-04-01")
            #expect(kept["product_id"] == product["id"] && kept["net"]["amount"] == 5000)

            let other = try await owner.invoice([1], to: try await owner.customer(), finalized: false)
            for (spoiled, code) in [
                (sold.adding("period_end", "2027-03-01"), "invalid_period"),
                (sold.adding("period_start", .null), nil),
                (sold.adding("product_id", .string("\(ProductID.new())")), "unknown_product"),
                (line("x", 1).adding("period_start", "2027-03-01"), "invalid_period"),
            ] as [(JSONValue, String?)] {
                let answer = try await owner.send(.post, "/v1/invoices/\(other)/lines", spoiled)
                #expect(answer.status == 422, "\(answer.text)")
                if let code { #expect(answer["code"] == .string(code), "\(answer.text)") }
            }
        }
    }

    @Test("order number, notes and terms are the draft's, and frozen with it")
    func remarks() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let id = try await owner.invoice([1000], to: customer, finalized: false)
            let path = "/v1/invoices/\(id)"
            let change: JSONValue = [
                "purchase_order_number": "PO-4711", "notes": "Thank you.", "payment_terms_days": 30,
                "service_on": "2026-11-30",
            ]
            let updated = try await owner.send(.patch, path, change)
            #expect(updated.status == 200 && updated["version"] == 2, "\(updated.text)")
            for (field, value) in [
                ("purchase_order_number", "PO-4711"), ("notes", "Thank you."), ("service_on", "2026-11-30"),
            ] as [(String, JSONValue)] { #expect(updated[field] == value) }
            let emptied = try await owner.send(.patch, path, ["notes": .null])
            #expect(emptied["notes"] == .null && emptied["purchase_order_number"] == "PO-4711")

            let issued = try await owner.send(.post, "\(path)/finalization")
            // 30 days behind the sandbox's 1 December.
            #expect(issued["due_on"] == "2026-12-31" && issued["payment_terms_days"] == 30)
            // The policy did not count, so the explanation does not name it.
            let explanation = issued["lines"][0]["explanation"]
            #expect(explanation["policies"]["payment_terms_days"] == .null)
            #expect(explanation["policies"]["tax_rounding"] != .null)
            #expect(try await owner.send(.patch, path, change)["code"] == "wrong_state")

            // 14 days by the policy.
            let usual = try await owner.invoice([1000], to: customer)
            let read = try await owner.send(.get, "/v1/invoices/\(usual)")
            #expect(read["due_on"] == "2026-12-15" && read["payment_terms_days"] == 14)
            #expect(read["lines"][0]["explanation"]["policies"]["payment_terms_days"] != .null)
            #expect(try await company.audit() == [])
        }
    }

    @Test("an invoice has at most 500 lines")
    func bound() async throws {
        try await Company.withOwner { _, owner in
            let lines = JSONValue.array((1...500).map { line("Cable \($0)", 1) })
            let draft = try await owner.send(
                .post, "/v1/invoices",
                ["customer_id": .string(try await owner.customer()), "currency": "EUR", "lines": lines])
            #expect(draft.status == 201)
            // With all its lines it is more than the test's client reads.
            let listed = try await owner.send(.get, "/v1/invoices")["items"][0]
            #expect(listed["line_count"] == 500)
            let id = try #require(listed["id"].text)
            let refused = try await owner.send(.post, "/v1/invoices/\(id)/lines", line("x", 1))
            #expect(refused.status == 409 && refused["code"] == "too_many_lines")
        }
    }
}
