import BillingMath
import HTTPTypes
import Invoicing
import Kernel
import Postgres
import TestKit
import Testing
import Web

@Suite("Credit notes by line")
struct CreditedInvoiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let currency: String
        let percent: String
        let rounding: String
        let nets: [Int64]
        let taxes: [Int64]
        /// Of line 2, and what tax goes back with each.
        let parts: [Int64]
        let partTaxes: [Int64]

        var testDescription: String { "\(currency) \(percent) \(rounding)" }
    }

    static let cases = [
        // 3.33 × 19 % = 0.6327 → 0.63. 1.00 × 19 % = 0.19, 1.50 × 19 % = 0.285 → 0.29, and 0.15 are left.
        Case(
            currency: "EUR", percent: "19", rounding: "line", nets: [1000, 333], taxes: [190, 63],
            parts: [100, 150, 83], partTaxes: [19, 29, 15]),
        // 2.10 × 10 % = 0.21, of which the first bears 0.11. 0.50 and 0.30 × 10 % are 0.05 and 0.03.
        Case(
            currency: "EUR", percent: "10", rounding: "invoice", nets: [105, 105], taxes: [11, 10],
            parts: [50, 30, 25], partTaxes: [5, 3, 2]),
        // 55 × 10 % = 5.5 → 6. 5 × 10 % = 0.5 → 1, 7 × 10 % = 0.7 → 1, and 4 are left.
        Case(
            currency: "JPY", percent: "10", rounding: "line", nets: [1000, 55], taxes: [100, 6],
            parts: [5, 7, 43], partTaxes: [1, 1, 4]),
        // 19.134 × 8.1 % = 1.549854 → 1.550: 0.999 + 0.549, and both bear one of the two that are missing.
        // 2.000 × 8.1 % = 0.162, 3.000 × 8.1 % = 0.243, and 0.145 are left.
        Case(
            currency: "KWD", percent: "8.1", rounding: "invoice", nets: [12_345, 6789], taxes: [1000, 550],
            parts: [2000, 3000, 1789], partTaxes: [162, 243, 145]),
        Case(
            currency: "EUR", percent: "0", rounding: "line", nets: [1000, 3], taxes: [0, 0],
            parts: [1, 1, 1], partTaxes: [0, 0, 0]),
    ]

    @Test(
        "a line goes back in three unequal parts to the cent, and the rest makes the invoice paid",
        arguments: cases)
    func parts(of this: Case) async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer(taxedAt: this.percent)
            let policy = try await owner.send(
                .patch, "/v1/customers/\(customer)/policies", ["tax_rounding": .string(this.rounding)])
            #expect(policy.status == 200)
            let id = try await owner.invoice(this.nets, in: this.currency, to: customer)
            let path = "/v1/invoices/\(id)"
            let issued = try await owner.send(.get, path)
            #expect(issued["lines"].items.map(\.["tax"]["amount"].integer) == this.taxes)
            let gross = (this.nets + this.taxes).reduce(0, +)

            var settled: Int64 = 0
            for (part, tax) in zip(this.parts, this.partTaxes) {
                let planned = try await company.planCredit(Credit(id, (2, part)))
                let note = try #require(try await company.credit(Credit(id, (2, part))).first)
                #expect(planned.map(\.grossMinor) == [note.grossMinor], "a preview shows what is issued")
                #expect([note.netMinor, note.taxMinor, note.grossMinor] == [part, tax, part + tax])
                settled += part + tax
                let standing = try await owner.send(.get, path)
                #expect(standing["settled"]["amount"].integer == settled)
                #expect(standing["state"] == "open")
                #expect(try await company.audit() == [])
            }
            #expect(settled == this.nets[1] + this.taxes[1])
            #expect(try await company.refusal(of: Credit(id, (2, 1))) == "credit_too_large")

            try await company.credit(Credit(id, (1, this.nets[0])))
            let paid = try await owner.send(.get, path)
            #expect(paid["state"] == "paid")
            #expect(paid["settled"] == paid["gross"] && paid["settled"]["amount"].integer == gross)
            #expect(try await company.refusal(of: Credit(id, (1, 1))) == "credit_too_large")
            let sums = zip(this.parts + [this.nets[0]], this.partTaxes + [this.taxes[0]])
            #expect(
                try await company.creditNotes()
                    == sums.enumerated().map { place, note in
                        "CN-2026-\((place + 1).padded(6)),\(note.0),\(note.1),\(note.0 + note.1)"
                    })
            let balances = try await owner.send(.get, "/v1/ledger/balances")
            #expect(balances["balances"].items.allSatisfy { $0["balance"]["amount"] == 0 })
            #expect(try await company.audit() == [])
        }
    }

    @Test("a note, its invoice and its postings tell of each other")
    func shown() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            // Net 31.00 + 10.00, tax 5.89 + 1.90: gross 48.79.
            let invoice = try await owner.invoice([3100, 1000], to: customer)
            // 12 days of 31 are 12.00 with 2.28; 1.00 with 0.19.
            var credit = Credit(invoice, (1, 1200), (2, 100))
            let days = try #require(DaySpan(try day("2026-12-20"), try day("2027-01-01")))
            credit.lines[0] = LineCredit(
                line: 1, netMinor: 1200, description: "Web, 20 to 31 December", period: days,
                explanation: JSONText(#"{"rule":"rest_of_term"}"#))
            let planned = try #require(try await company.credit(credit).first)
            #expect(planned.invoiceNumber == "A-2026-000001")
            #expect(planned.customer.description == customer)

            let note = try await owner.send(.get, "/v1/credit-notes/\(planned.id)")
            #expect(note["number"] == "CN-2026-000001" && note["invoice_id"] == .string("\(invoice)"))
            #expect(note["reason"] == "A change" && note["issued_on"] == "2026-12-01")
            #expect(note["gross"] == ["amount": 1547, "currency": "EUR"])
            #expect(note["buyer"]["name"] == "Ada Berg" && note["seller"]["name"] == "Acme")
            let line = note["lines"][0]
            #expect(line["invoice_line"] == 1 && line["description"] == "Web, 20 to 31 December")
            #expect(line["net"]["amount"] == 1200 && line["tax"]["amount"] == 228)
            #expect(line["tax_percent"] == "19")
            #expect(line["period_start"] == "2026-12-20" && line["period_end"] == "2027-01-01")
            #expect(line["explanation"] == ["rule": "rest_of_term"])
            #expect(note["lines"][1]["explanation"] == .null)

            let standing = try await owner.send(.get, "/v1/invoices/\(invoice)")
            #expect(standing["state"] == "open" && standing["version"] == 3)
            #expect(standing["settled"]["amount"] == 1547)
            #expect(standing["credit_notes"].items.map(\.["number"]) == ["CN-2026-000001"])
            #expect(standing["actions"] == ["credit"])

            let postings = try await owner.send(.get, "/v1/postings?customer_id=\(customer)")
            let credits = postings["items"].items.filter { $0["cause"] == "credit" }
            #expect(credits.map(\.["credit_note_id"].text) == ["\(planned.id)", "\(planned.id)"])
            #expect(credits.map(\.["document_id"].text) == ["\(invoice)", "\(invoice)"])
            #expect(credits.map(\.["entry"].integer) == [2, 1])
            #expect(credits.map(\.["debit"].text) == ["tax_payable", "revenue"])
            #expect(credits.map(\.["amount"]["amount"].integer) == [247, 1300])
            let events = try await company.texts(
                """
                SELECT concat_ws(' ', type, object_version) AS line FROM outbox_events
                WHERE type IN ('credit_note.issued', 'invoice.paid')
                """)
            #expect(events == ["credit_note.issued 1"])

            let receivable = try await owner.send(.get, "/v1/ledger/balances")["balances"][0]
            #expect(receivable["account"] == "receivable")
            // 48.79 − 15.47.
            #expect(receivable["balance"]["amount"] == 3332)
        }
    }

    @Test("what is not there to credit is refused, and leaves nothing behind")
    func refused() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            // 10.00 less 3.00 for line 2.
            let invoice = try await owner.invoice([1000, -300], to: customer)
            let draft = try await owner.invoice([1000], to: customer, finalized: false)
            let void = try await owner.invoice([1000], to: customer)
            let voided = try await owner.send(.post, "/v1/invoices/\(void)/void", ["reason": "A mistake"])
            #expect(voided.status == 200)
            let other = try await Company(Provider(), as: "other", on: company.server)
            let user = try await other.user()
            let foreign = try await company.server.api { anyone in
                let owner = try await anyone.signedIn(user)
                return try await owner.invoice([1000], to: try await owner.customer())
            }
            let before = try await company.server.digests()
            for (credit, code) in [
                (Credit(invoice, (1, 1001)), "credit_too_large"),
                (Credit(invoice, (2, 1)), "credit_too_large"),
                (Credit(invoice, (3, 1)), "credit_too_large"),
                // Only 7.00 and 1.33 are to be paid.
                (Credit(invoice, (1, 701)), "credit_too_large"),
                (Credit(invoice, (1, 0)), "nothing_to_credit"), (Credit(invoice), "nothing_to_credit"),
                (Credit(void, (1, 1)), "wrong_state"), (Credit(draft, (1, 1)), "wrong_state"),
                (Credit(.new(), (1, 1)), "not_found"),
                (Credit(foreign, (1, 1)), "not_found"),
            ] {
                #expect(try await company.refusal(of: credit) == code)
            }
            let second = InvoicingProblem.wrongState.with(
                detail: "The invoice is void: nothing of it can be credited.")
            await #expect(throws: second) {
                try await company.credit(Credit(invoice, (1, 700)), Credit(void, (1, 1)))
            }
            #expect(try await company.server.digests() == before)
            #expect(try await company.refusal(of: Credit(invoice, (1, 700))) == nil)
            #expect(try await company.audit() == [])
        }
    }

    @Test("what was credited in part cannot be voided, and a void's note comes from the same series")
    func voided() async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let (first, second) = (
                try await owner.invoice([1000], to: customer), try await owner.invoice([500], to: customer)
            )
            try await company.credit(Credit(first, (1, 1)))
            let refused = try await owner.send(.post, "/v1/invoices/\(first)/void", ["reason": "A mistake"])
            #expect(refused.status == 409 && refused["code"] == "invoice_settled")
            #expect(refused["detail"].text?.contains("paid or credited") == true)
            let voided = try await owner.send(.post, "/v1/invoices/\(second)/void", ["reason": "A mistake"])
            #expect(voided["state"] == "void" && voided["settled"]["amount"] == 0)
            try await company.credit(Credit(first, (1, 999)))
            // 10.00 and 1.90: 0.0019 → 0.00 first. 5.00 and 0.95.
            #expect(
                try await company.creditNotes() == [
                    "CN-2026-000001,1,0,1", "CN-2026-000002,500,95,595", "CN-2026-000003,999,190,1189",
                ])
            #expect(try await company.audit() == [])
        }
    }

    @Test("notes of several invoices are one batch, and a transaction that fails leaves no gap")
    func several() async throws {
        try await Company.withOwner { company, owner in
            let customers = [try await owner.customer(), try await owner.customer(in: "CH")]
            let invoices = [
                try await owner.invoice([1000], to: customers[0]),
                try await owner.invoice([700], in: "JPY", to: customers[1]),
            ]
            await #expect(throws: Interruption.self) {
                try await company.credit(Credit(invoices[0], (1, 10))) { throw Interruption() }
            }
            let notes = try await company.credit(
                Credit(invoices[0], (1, 400)), Credit(invoices[1], (1, 700)), Credit(invoices[0], (1, 600)))
            // 4.00 × 19 % = 0.76, 700 × 19 % = 133, and 1.90 less 0.76.
            #expect(notes.map(\.taxMinor) == [76, 133, 114])
            #expect(
                try await company.creditNotes() == [
                    "CN-2026-000001,400,76,476", "CN-2026-000002,700,133,833",
                    "CN-2026-000003,600,114,714",
                ])
            let events = try await company.texts(
                """
                SELECT concat_ws(' ', e.type, i.number, e.object_version) AS line
                FROM outbox_events AS e JOIN invoices AS i ON i.tenant_id = e.tenant_id AND i.id = e.object_id
                WHERE e.type = 'invoice.paid'
                """)
            // Drafted, issued, and credited twice or once.
            #expect(events == ["invoice.paid A-2026-000001 4", "invoice.paid A-2026-000002 3"])
            #expect(try await owner.send(.get, "/v1/invoices/\(invoices[0])")["version"] == 4)
            #expect(try await company.audit() == [])
        }
    }

    @Test("credits and a void that race for one invoice take back no more than it is")
    func race() async throws {
        try await Company.withOwner { company, owner in
            let invoice = try await owner.invoice([1000], to: try await owner.customer())
            let outcomes = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 1...6 {
                    group.addTask { try await company.refusal(of: Credit(invoice, (1, 300))) }
                }
                group.addTask {
                    let answer = try await owner.send(
                        .post, "/v1/invoices/\(invoice)/void", ["reason": "A mistake"])
                    return answer["code"].text
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            let state = try await owner.send(.get, "/v1/invoices/\(invoice)")["state"]
            // Three of six fit into ten; or the void came first, and none does.
            #expect(outcomes.filter { $0 == nil }.count == (state == "void" ? 1 : 3))
            #expect(try await company.audit() == [])
        }
    }

    @Test("a customer's user sees the notes of its customer and no other")
    func seen() async throws {
        try await Company.withOwner { company, owner in
            let customers = [try await owner.customer(), try await owner.customer()]
            var notes: [PlannedCreditNote] = []
            for customer in customers {
                let invoice = try await owner.invoice([1000], to: customer)
                notes += try await company.credit(Credit(invoice, (1, 250)))
            }
            let (own, foreign) = (notes[0], notes[1])
            let sign = try await company.server.user(
                .customer, of: company.slug, customer: own.customer)
            try await company.server.api { anyone in
                let buyer = try await anyone.signedIn(sign)
                let listed = try await buyer.send(.get, "/v1/credit-notes")
                #expect(listed["items"].items.map(\.["id"].text) == ["\(own.id)"])
                let read = try await buyer.send(.get, "/v1/credit-notes/\(own.id)")
                #expect(read["lines"].items.count == 1)
                #expect(try await buyer.send(.get, "/v1/credit-notes/\(foreign.id)").status == 404)
                let invoice = try await buyer.send(.get, "/v1/invoices/\(own.invoice)")
                #expect(invoice["settled"]["amount"].integer == own.grossMinor)
                #expect(try await buyer.send(.get, "/v1/invoices/\(foreign.invoice)").status == 404)
                #expect(try await buyer.send(.get, "/v1/postings?customer_id=\(own.customer)").status == 403)
            }
        }
    }

    private func day(_ text: String) throws -> Day { try #require(Day(text)) }
}

private struct Interruption: Error {}
