import HTTPTypes
import Invoicing
import Kernel
import Seeds
import TestKit
import Testing
import Web

/// Credit notes that a person issues.
@Suite("Stories of credit notes by hand")
struct CreditNoteStories {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let percent: String
        let nets: [Int64]
        /// What the notes ask for, one after the other, and what each is: net and tax.
        let asked: [JSONValue]
        let notes: [[Int64]]
        let state: JSONValue

        var testDescription: String { what }
    }

    static let cases = [
        Case(
            // 100.00 + 25.00. 25.00 × 25 / 125 = 5.00 tax, and what is left of both.
            what: "an amount, then all that is left", percent: "25", nets: [10000],
            asked: [["amount": ["amount": 2500, "currency": "EUR"]], ["whole": true]],
            notes: [[2000, 500], [8000, 2000]], state: "paid"),
        Case(
            // 10.00 + 1.90 and 5.00 + 0.95. 3.00 net: 2.00 and 1.00, × 19 % = 0.38 and 0.19.
            what: "an amount before tax, over two lines", percent: "19", nets: [1000, 500],
            asked: [["amount": ["amount": 300, "currency": "EUR"], "basis": "net"]],
            notes: [[300, 57]], state: "open"),
        Case(
            // 3.00 × 19 % = 0.57 and 5.00 with all of its 0.95.
            what: "by line", percent: "19", nets: [1000, 500],
            asked: [
                [
                    "lines": [
                        ["line": 1, "net": ["amount": 300, "currency": "EUR"]],
                        ["line": 2, "quantity": "1", "description": "Not delivered"],
                    ]
                ]
            ],
            notes: [[800, 152]], state: "open"),
        Case(
            // 11.90 less 3.57 are 8.33 to pay. 1.00 of it: 1.20 + 0.23 less 0.36 + 0.07.
            what: "of an invoice with a discount", percent: "19", nets: [1000, -300],
            asked: [["amount": ["amount": 100, "currency": "EUR"]], ["whole": true]],
            notes: [[84, 16], [616, 117]], state: "paid"),
    ]

    @Test("take back what was asked, and the last what is left", arguments: cases)
    func taken(this: Case) async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer(taxedAt: this.percent)
            let id = try await owner.invoice(this.nets, to: customer)
            var settled: Int64 = 0
            for (asked, amounts) in zip(this.asked, this.notes) {
                let shown = try await owner.send(
                    .post, "/v1/invoices/\(id)/credit-notes/preview", asked.saying("A gift"))
                #expect(shown.status == 200, "\(shown.text)")
                let note = try await owner.credit(id, asked.saying("A gift"))
                for field in ["net", "tax", "gross"] { #expect(shown["credit_note"][field] == note[field]) }
                #expect(shown["credit_note"]["lines"] == note["lines"])
                #expect([note["net"]["amount"].integer, note["tax"]["amount"].integer] == amounts)
                settled += amounts.reduce(0, +)
                let invoice = try await owner.send(.get, "/v1/invoices/\(id)")
                #expect(invoice["settled"]["amount"].integer == settled)
                #expect(shown["invoice"]["settled"] == invoice["settled"])
                #expect(shown["invoice"]["state"] == invoice["state"])
                #expect(try await company.audit() == [])
            }
            #expect(try await owner.send(.get, "/v1/invoices/\(id)")["state"] == this.state)
        }
    }

    @Test("by quantity the last of three takes the cent that is left, and no more than were sold")
    func quantities() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            // 3 × 3.33 = 9.99, so a half of one is 1.665.
            let id = try await owner.sold("3", at: 333, to: customer)
            func take(_ quantity: String) -> JSONValue {
                ["reason": "Sent back", "lines": [["line": 1, "quantity": .string(quantity)]]]
            }
            // Three of them at 1.67, and with the last 1.5 all that is left: 9.99 − 5.01 = 4.98.
            for net: Int64 in [167, 167, 167] {
                #expect(try await owner.credit(id, take("0.5"))["net"]["amount"].integer == net)
            }
            let refused = try await owner.send(.post, "/v1/invoices/\(id)/credit-notes", take("1.6"))
            #expect(refused.status == 409 && refused["code"] == "credit_too_large")
            #expect(refused["detail"] == "Of line 1 of invoice A-2026-000001 only 1.5 are left to credit.")
            let last = try await owner.credit(id, take("1.5"))
            #expect(last["net"]["amount"] == 498 && last["lines"][0]["quantity"] == "1.5")
            #expect(try await owner.send(.get, "/v1/invoices/\(id)")["state"] == "paid")
            #expect(try await company.audit() == [])
        }
    }

    @Test(
        "refuse what is more than is left, and say how much that is",
        arguments: [
            (
                ["amount": ["amount": 1191, "currency": "EUR"]], 409,
                "only 11.90 EUR is left to credit, tax incl"
            ),
            (
                ["amount": ["amount": 1001, "currency": "EUR"], "basis": "net"], 409,
                "only 10.00 EUR is left to credit, tax not incl"
            ),
            (
                ["lines": [["line": 1, "net": ["amount": 1001, "currency": "EUR"]]]], 409,
                "Of line 1 of invoice A-2026-000001 only 10.00 EUR is left"
            ),
            (["lines": [["line": 2, "quantity": "1"]]], 409, "has no line 2"),
            (["amount": ["amount": 0, "currency": "EUR"]], 422, "more than zero"),
            (["amount": ["amount": 5, "currency": "USD"]], 422, "/amount/currency"),
            (
                ["lines": [["line": 1, "net": ["amount": 5, "currency": "USD"]]]], 422,
                "/lines/0/net/currency"
            ),
            (["lines": [["line": 1]]], 422, "must have one of net and quantity"),
            (
                ["lines": [["line": 1, "quantity": "0.5"], ["line": 1, "quantity": "0.5"]]], 422,
                "must name each line once"
            ),
            (["whole": true, "lines": []], 422, "must have one of whole, lines and amount"),
            ([:], 422, "must have one of whole, lines and amount"),
            (["whole": true, "basis": "net"], 422, "goes with an amount only"),
        ] as [(JSONValue, Int, String)])
    func refused(asked: JSONValue, status: Int, words: String) async throws {
        try await Company.withOwner { company, owner in
            let id = try await owner.invoice([1000], to: try await owner.customer())
            for path in ["credit-notes", "credit-notes/preview"] {
                let answer = try await owner.send(.post, "/v1/invoices/\(id)/\(path)", asked.saying("x"))
                #expect(answer.status == status, "\(answer.text)")
                #expect(answer.text.contains(words), "\(answer.text)")
            }
            #expect(try await company.creditNotes() == [])
        }
    }

    @Test("are of issued invoices that stand, and of what is left of them")
    func states() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let draft = try await owner.invoice([1000], to: customer, finalized: false)
            let void = try await owner.invoice([1000], to: customer)
            _ = try await owner.send(.post, "/v1/invoices/\(void)/void", ["reason": "A mistake"])
            let whole = try await owner.invoice([1000], to: customer)
            _ = try await owner.credit(whole, ["reason": "A gift", "whole": true])
            for (id, code) in [(draft, "wrong_state"), (void, "wrong_state"), (whole, "credit_too_large")] {
                let answer = try await owner.send(
                    .post, "/v1/invoices/\(id)/credit-notes", ["reason": "A gift", "whole": true])
                #expect(answer.status == 409 && answer["code"] == .string(code), "\(answer.text)")
            }
            let refused = try await owner.send(.post, "/v1/invoices/\(whole)/void", ["reason": "A mistake"])
            #expect(refused["code"] == "invoice_settled")
            #expect(try await company.audit() == [])
        }
    }

    @Test("are issued once for a key, and only as the preview showed them")
    func once() async throws {
        try await Company.withOwner { company, owner in
            let id = try await owner.invoice([1000], to: try await owner.customer())
            let asked: JSONValue = ["reason": "A gift", "amount": ["amount": 300, "currency": "EUR"]]
            let path = "/v1/invoices/\(id)/credit-notes"
            let shown = try await owner.send(.post, "\(path)/preview", asked)
            let sealed = asked.adding("commitment", shown["commitment"])
            let keyed = owner.with(try #require(HTTPField.Name("Idempotency-Key")), "gift-1")
            let first = try await keyed.send(.post, path, sealed)
            let second = try await keyed.send(.post, path, sealed)
            #expect(first.status == 201 && first.text == second.text)
            // The same amount of what is left by now makes another invoice of it.
            let stale = try await owner.send(.post, path, sealed)
            #expect(stale.status == 409 && stale["code"] == "preview_stale")
            #expect(try await company.creditNotes() == ["CN-2026-000001,252,48,300"])
            #expect(try await company.audit() == [])
        }
    }

    @Test("in any order are the invoice to the cent, and never more", arguments: seeds.prefix(12))
    func sequences(seed: UInt64) async throws {
        try await Company.withOwner { company, owner in
            var random = Seeded(seed)
            let percent = ["0", "7", "8.1", "19", "25"].randomElement(using: &random) ?? "19"
            let customer = try await owner.customer(taxedAt: percent)
            let rounding = Bool.random(using: &random) ? "line" : "invoice"
            _ = try await owner.send(
                .patch, "/v1/customers/\(customer)/policies", ["tax_rounding": .string(rounding)])
            let first = Int64.random(in: 200...99_999, using: &random)
            let more = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Int64.random(in: -(first / 20)...5000, using: &random)
            }
            let id = try await owner.invoice([first] + more, to: customer)
            let issued = try await owner.send(.get, "/v1/invoices/\(id)")
            var sums: [String: Int64] = [:]
            for step in 1...12 {
                let left = try await owner.left(of: id)
                if left == 0 { break }
                let asked = step == 12 ? ["whole": true] : Self.asked(left, first, &random)
                let answer = try await owner.send(
                    .post, "/v1/invoices/\(id)/credit-notes", asked.saying("Step \(step)"))
                let comment: Comment = "seed \(seed), step \(step), \(left) left: \(answer.text)"
                #expect([201, 409].contains(answer.status), comment)
                if answer.status == 409 { #expect(answer["code"] == "credit_too_large", comment) }
                guard answer.status == 201 else { continue }
                var amounts: [String: Int64] = [:]
                for field in ["net", "tax", "gross"] {
                    let amount = answer[field]["amount"].integer ?? 0
                    amounts[field] = amount
                    sums[field, default: 0] += amount
                }
                #expect(amounts["net", default: 0] + amounts["tax", default: 0] == amounts["gross"], comment)
                #expect((1...left).contains(amounts["gross"] ?? 0), comment)
                #expect(try await company.audit() == [], comment)
            }
            for field in ["net", "tax", "gross"] {
                #expect(sums[field] == issued[field]["amount"].integer, "seed \(seed): \(issued.text)")
            }
            #expect(try await owner.send(.get, "/v1/invoices/\(id)")["state"] == "paid")
            let balances = try await owner.send(.get, "/v1/ledger/balances")
            #expect(balances["balances"].items.allSatisfy { $0["balance"]["amount"] == 0 }, "seed \(seed)")
        }
    }

    /// An amount of what is left, now and then more than that, or a part of the first line.
    private static func asked(_ left: Int64, _ first: Int64, _ random: inout Seeded) -> JSONValue {
        let amount = Int64.random(in: 1...(left + left / 10 + 1), using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0:
            return [
                "lines": [
                    [
                        "line": 1,
                        "net": [
                            "amount": .integer(Int64.random(in: 1...max(1, first / 4), using: &random)),
                            "currency": "EUR",
                        ],
                    ]
                ]
            ]
        case 1: return ["amount": ["amount": .integer(amount), "currency": "EUR"], "basis": "net"]
        default: return ["amount": ["amount": .integer(amount), "currency": "EUR"]]
        }
    }
}

extension TestClient {
    /// Issues a credit note by hand.
    func credit(_ invoice: InvoiceID, _ body: JSONValue) async throws -> JSONValue {
        let answer = try await send(.post, "/v1/invoices/\(invoice)/credit-notes", body)
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    /// An issued invoice for so many of one thing.
    func sold(_ quantity: String, at price: Int64, to customer: String) async throws -> InvoiceID {
        let draft = try await send(
            .post, "/v1/invoices",
            [
                "customer_id": .string(customer), "currency": "EUR",
                "lines": [
                    [
                        "description": "Cable", "quantity": .string(quantity),
                        "unit_price": ["amount": .integer(price), "currency": "EUR"],
                    ]
                ],
            ])
        let id = try #require(draft["id"].text)
        let issued = try await send(.post, "/v1/invoices/\(id)/finalization")
        #expect(issued.status == 200)
        return try #require(InvoiceID(id))
    }

    /// What is left to pay, in minor units.
    func left(of invoice: InvoiceID) async throws -> Int64 {
        let read = try await send(.get, "/v1/invoices/\(invoice)")
        let gross = try #require(read["gross"]["amount"].integer)
        return gross - (try #require(read["settled"]["amount"].integer))
    }
}

extension JSONValue {
    fileprivate func saying(_ reason: String) -> JSONValue { adding("reason", .string(reason)) }
}
