import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

@Suite("The explanation of an invoice")
struct ExplainedInvoiceTests {
    @Test("tells a draft, and the same when it is issued and when it is void")
    func states() async throws {
        try await Company.withOwner { _, owner in
            let customer = try await owner.customer(taxedAt: "19")
            let line: @Sendable (String, Int64, String) -> JSONValue = { what, minor, quantity in
                [
                    "description": .string(what), "quantity": .string(quantity),
                    "unit_price": ["amount": .integer(minor), "currency": "EUR"],
                ]
            }
            let id = try await owner.made(
                "/v1/invoices",
                [
                    "customer_id": .string(customer), "currency": "EUR",
                    "lines": [line("Work", 499, "1.5"), line("Goodwill", -100, "1")],
                ])
            let path = "/v1/invoices/\(id)"
            // 4.99 × 1.5 = 7.485 → 7.49; 7.49 × 19 % = 1.4231; −1.00 × 19 % = −0.19; 6.49 + 1.23 = 7.72.
            let draft = try await owner.send(.get, "\(path)/explanation")
            #expect(draft["number"] == .null && draft["state"] == "draft")
            #expect(
                draft["sentences"] == [
                    "Net: 7.49 + (-1.00) = 6.49 EUR.",
                    "Tax, rounded on each line: 1.42 + (-0.19) = 1.23 EUR.",
                    "Gross: 6.49 + 1.23 = 7.72 EUR.",
                    "A draft: its tax is computed anew when it is finalized.",
                ])
            #expect(draft["lines"][0]["sentences"][0] == "Written by hand: no term stands behind it.")
            try await expectExplained(owner)

            let issued = try await owner.send(.post, "\(path)/finalization")
            #expect(issued.status == 200)
            let open = try await owner.send(.get, "\(path)/explanation")
            #expect(open["number"] == issued["number"] && open["state"] == "open")
            #expect(open["sentences"][3] == "Settled: 0.00 EUR. Left to pay: 7.72 EUR.")
            try await expectExplained(owner)

            let voided = try await owner.send(.post, "\(path)/void", ["reason": "A mistake"])
            #expect(voided.status == 200)
            let void = try await owner.send(.get, "\(path)/explanation")
            #expect(void["state"] == "void" && void["lines"] == open["lines"])
            #expect(
                void["sentences"][3].text?.hasSuffix("gives back 7.72 EUR gross, the whole invoice.") == true)
            #expect(void["sentences"][4] == "Void: nothing of it is to be paid.")
            try await expectExplained(owner)
        }
    }

    @Test("tells what was credited, and what is left to pay")
    func credited() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer(taxedAt: "19")
            // 1.00 and its tax of 0.19 go back: 7.72 − 1.19 = 6.53.
            let other = try await owner.invoice([749], in: "EUR", to: customer)
            let notes = try await company.credit(Credit(other, (line: 1, net: 100)))
            #expect(notes.count == 1)
            let credited = try await owner.send(.get, "/v1/invoices/\(other)/explanation")
            let note = try await owner.send(.get, "/v1/credit-notes")["items"][0]
            let (number, day) = (try #require(note["number"].text), try #require(note["issued_on"].text))
            #expect(
                credited["sentences"] == [
                    "Net: 7.49 EUR, the sum of 1 line.",
                    "Tax, rounded on each line: 1.42 EUR, the sum of 1 line.",
                    "Gross: 7.49 + 1.42 = 8.91 EUR.",
                    .string("Credit note \(number) of \(day) gives back 1.19 EUR gross."),
                    "Settled: 1.19 EUR. Left to pay: 7.72 EUR.",
                ])
            try await expectExplained(owner)
        }
    }

    @Test(
        "does not agree with a line that was changed behind its back",
        arguments: ["net_minor", "tax_minor"])
    func changed(column: String) async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer(taxedAt: "19")
            let id = try await owner.invoice([1000, 500], in: "EUR", to: customer)
            let before = try await owner.send(.get, "/v1/invoices/\(id)/explanation")
            #expect(before["lines"].items.map(\.["agrees"]) == [true, true])

            let admin = try await Connection.open(PostgresSettings(url: company.server.database.superuserURL))
            try await admin.execute(script: "SET session_replication_role = replica")
            let change: SQL =
                column == "net_minor"
                ? "UPDATE invoice_lines SET net_minor = net_minor + 1 WHERE line_no = 2"
                : "UPDATE invoice_lines SET tax_minor = tax_minor + 1 WHERE line_no = 2"
            #expect(try await admin.run(change) == 1)
            let after = try await owner.send(.get, "/v1/invoices/\(id)/explanation")
            #expect(after["lines"].items.map(\.["agrees"]) == [true, false])
            #expect(after["lines"][1]["recomputed"] == before["lines"][1]["recomputed"])
        }
    }

    @Test("holds for hundreds of lines, wherever their tax is rounded")
    func manyLines() async throws {
        try await Company.withOwner { _, owner in
            let customer = try await owner.customer(taxedAt: "10")
            for rounding in ["line", "invoice"] {
                let policy = try await owner.send(
                    .patch, "/v1/customers/\(customer)/policies", ["tax_rounding": .string(rounding)])
                #expect(policy.status == 200)
                // 1.05 × 10 % = 0.105: 0.11 on each line; or 21.00 in all, and half of the lines bear 0.11.
                let id = try await owner.invoice(
                    Array(repeating: 105, count: 200), in: "EUR", to: customer)
                let explained = try await owner.send(.get, "/v1/invoices/\(id)/explanation")
                try #require(explained.status == 200, "\(explained.text)")
                #expect(explained["lines"].items.count == 200)
                let net = explained["sentences"][0]
                #expect(net == "Net: 210.00 EUR, the sum of 200 lines.")
                let tax = explained["lines"].items.compactMap { $0["tax"]["amount"].integer }.reduce(0, +)
                #expect(tax == (rounding == "line" ? 2200 : 2100))
            }
            try await expectExplained(owner)
        }
    }
}
