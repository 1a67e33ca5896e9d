import Foundation
import HTTPTypes
import Invoicing
import Kernel
import Subscriptions
import TestKit
import Testing
import Web

/// An invoice that was wrong, cancelled and issued anew in one step.
@Suite("Stories of reissued invoices")
struct ReissueStories {
    /// Two subscriptions that start on one day, one of them with a set-up fee.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2026-10-05"
        provider.prices = ["web,EUR,month,1,4.99,9.00", "mail,EUR,month,1,1.37,0.00"]
        provider.subscriptions = [
            "S1,C1,web,EUR,month,1,3,2026-09-30,,,active,",
            "S2,C1,mail,EUR,month,1,1,2026-09-30,,,active,",
        ]
        return provider
    }()

    private static let invoice = "C1,EUR,2026-09-30,3,4334,823,5157"

    private static func story(
        _ body: @Sendable (Company, TestClient, String) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let company = try await Company(provider, on: server)
            try await company.bill()
            #expect(try await company.invoices() == [invoice])
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.owner))
                let list = try await staff.send(.get, "/v1/invoices")
                try await body(company, staff, "/v1/invoices/\(try #require(list["items"][0]["id"].text))")
            }
        }
    }

    @Test("a copy bills the same terms: nobody can bill them meanwhile, and voiding it releases them")
    func copy() async throws {
        try await Self.story { company, staff, path in
            let lines = try await company.lines()
            let former = try await staff.send(.get, path)
            _ = try await staff.send(
                .patch, "/v1/customers/\(former["customer"]["id"].text ?? "")", ["name": "Other Name"])
            let copy = try await staff.send(
                .post, "\(path)/reissue",
                ["reason": "Wrong name", "purchase_order_number": "PO-1", "notes": "In place of another"])
            #expect(copy.status == 201, "\(copy.text)")
            #expect(copy["replaces_id"] == former["id"] && copy["buyer"]["name"] == "Other Name")
            #expect(copy["purchase_order_number"] == "PO-1" && copy["notes"] == "In place of another")
            #expect(copy["number"] == "A-2026-000002" && copy["service_on"] == "2026-09-30")
            for field in ["net", "tax", "gross", "line_count"] { #expect(copy[field] == former[field]) }
            for (line, before) in zip(copy["lines"].items, former["lines"].items) {
                for field in [
                    "net", "tax", "quantity", "period_start", "period_end", "source", "explanation",
                ] {
                    #expect(line[field] == before[field], "\(field)")
                }
            }
            let cancelled = try await staff.send(.get, path)
            #expect(cancelled["state"] == "void" && cancelled["credit_notes"].items.count == 1)
            #expect(try await company.creditNotes() == ["CN-2026-000001,4334,823,5157"])
            #expect(try await company.lines() == lines)
            #expect(try await company.bill().totals.isEmpty)
            #expect(try await company.audit() == [])
            try await expectExplained(staff)
            #expect(
                try await staff.send(.post, "\(path)/reissue", ["reason": "Again"])["code"] == "wrong_state")

            // Anew, and then taken back for good: its terms are billed again.
            let second = "/v1/invoices/\(try #require(copy["id"].text))"
            let third = try await staff.send(.post, "\(second)/reissue", ["reason": "Once more"])
            #expect(third.status == 201)
            let last = "/v1/invoices/\(try #require(third["id"].text))"
            #expect(try await staff.send(.post, "\(last)/void", ["reason": "A mistake"]).status == 200)
            #expect(try await company.audit() == [])
            #expect(try await company.bill().invoices == 1)
            #expect(try await company.invoices() == [Self.invoice])
            #expect(try await company.audit() == [])
            #expect(try await company.bill().totals.isEmpty)
        }
    }

    @Test("lines change, come and go; what one that is left out billed is billed again")
    func changes() async throws {
        try await Self.story { company, staff, path in
            let former = try await staff.send(.get, path)
            let web = try #require(
                former["lines"].items.first { $0["quantity"] == "3" && $0["net"]["amount"] == 1497 })
            let setUp = try #require(former["lines"].items.first { $0["net"]["amount"] == 2700 })
            // 3 × 4.00 = 12.00 instead of 14.97, the set-up fees of 27.00 as they were, and 5.00 of work.
            let issued = try await staff.send(
                .post, "\(path)/reissue",
                [
                    "reason": "Agreed otherwise", "payment_terms_days": 30,
                    "lines": [
                        ["line": web["number"], "unit_price": ["amount": 400, "currency": "EUR"]],
                        ["line": setUp["number"], "description": "Set-up, as agreed"],
                        [
                            "description": "Work", "quantity": "1",
                            "unit_price": ["amount": 500, "currency": "EUR"],
                        ],
                    ],
                ])
            #expect(issued.status == 201, "\(issued.text)")
            #expect(issued["lines"].items.map(\.["net"]["amount"]) == [1200, 2700, 500])
            // 2.28 + 5.13 + 0.95.
            #expect(issued["tax"]["amount"] == 836 && issued["due_on"] == "2026-11-04")
            #expect(issued["lines"][0]["period_start"] == web["period_start"])
            #expect(issued["lines"][0]["source"] == web["source"])
            #expect(issued["lines"][1]["description"] == "Set-up, as agreed")
            #expect(try await company.audit() == [])
            try await expectExplained(staff)
            // The mailbox was left out.
            #expect(try await company.bill().invoices == 1)
            #expect(
                try await company.invoices()
                    == ["C1,EUR,2026-09-30,1,137,26,163", "C1,EUR,2026-09-30,3,4400,836,5236"])
            #expect(try await company.audit() == [])
            #expect(try await company.bill().totals.isEmpty)
            // The next term is billed for both, once.
            try await company.setToday("2026-10-30")
            #expect(try await company.bill().invoices == 1)
            #expect(try await company.audit() == [])
        }
    }

    @Test("the tax is that of the customer as it is today")
    func taxed() async throws {
        try await Self.story { company, staff, path in
            let customer = try await staff.send(.get, path)["customer"]["id"].text ?? ""
            _ = try await staff.send(.patch, "/v1/customers/\(customer)", ["tax_exempt": true])
            let issued = try await staff.send(.post, "\(path)/reissue", ["reason": "Exempt since January"])
            #expect(issued["net"]["amount"] == 4334 && issued["tax"]["amount"] == 0, "\(issued.text)")
            #expect(issued["lines"][0]["explanation"]["tax"]["reason"] == "customer_exempt")
            #expect(try await company.audit() == [])
            try await expectExplained(staff)
        }
    }

    @Test(
        "what is wrong with a line is told, and nothing happens",
        arguments: [
            ([["line": 9]], "is no line of the former"),
            ([["line": 1], ["line": 1]], "name each line of the former invoice once"),
            ([["description": "Work", "quantity": "1"]], "or have a description"),
            ([["line": 1, "quantity": "0"]], "more than zero"),
            ([["line": 1, "unit_price": ["amount": 1, "currency": "USD"]]], "must be EUR"),
            ([], "1 to 500 lines"),
        ] as [([JSONValue], String)])
    func refused(lines: [JSONValue], words: String) async throws {
        try await Self.story { company, staff, path in
            let answer = try await staff.send(
                .post, "\(path)/reissue", ["reason": "x", "lines": .array(lines)])
            #expect(answer.status == 422 && answer["code"] == "unusable_reissue", "\(answer.text)")
            #expect(answer.text.contains(words), "\(answer.text)")
            #expect(try await company.invoices() == [Self.invoice])
        }
    }

    @Test("what was credited in part is not cancelled")
    func credited() async throws {
        try await Self.story { company, staff, path in
            _ = try await staff.send(
                .post, "\(path)/credit-notes",
                ["reason": "A gift", "amount": ["amount": 100, "currency": "EUR"]])
            let refused = try await staff.send(.post, "\(path)/reissue", ["reason": "x"])
            #expect(refused.status == 409 && refused["code"] == "invoice_settled")
            #expect(try await company.audit() == [])
        }
    }

    @Test("runs, a void and reissues that race bill each term once")
    func race() async throws {
        try await Self.story { company, staff, path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...3 {
                    group.addTask { _ = try await staff.send(.post, "\(path)/reissue", ["reason": "x"]) }
                    group.addTask { _ = try await company.bill() }
                }
                group.addTask { _ = try await staff.send(.post, "\(path)/void", ["reason": "x"]) }
                try await group.waitForAll()
            }
            try await company.bill()
            #expect(try await company.invoices() == [Self.invoice])
            #expect(try await company.audit() == [])
        }
    }
}
