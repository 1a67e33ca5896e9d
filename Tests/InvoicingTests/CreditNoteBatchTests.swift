import BillingMath
import Kernel
import Ledger
import Platform
import Postgres
import Testing

@testable import Invoicing

@Suite("A batch of credit notes")
struct CreditNoteBatchTests {
    @Test("notes of one invoice are one change of it, posted behind each other")
    func merged() throws {
        let (invoice, other) = (InvoiceID.new(), InvoiceID.new())
        var batch = CreditNoteBatch(Issuance.example)
        batch.add(try note(of: invoice, 100, 19, .init(state: .open, version: 2, lastEntry: 0)))
        batch.add(try note(of: other, 5, 0, .init(state: .open, version: 2, lastEntry: 4)))
        batch.add(try note(of: invoice, 300, 57, .init(state: .paid, version: 3, lastEntry: 2)))
        #expect(batch.count == 3)
        #expect(batch.settlements.invoice == [invoice, other])
        // 1.19 + 3.57.
        #expect(batch.settlements.settledMinor == [476, 5])
        #expect(batch.settlements.version == [3, 2])
        #expect(batch.settlements.state == ["paid", "open"])
        #expect(batch.posted.map(\.entry) == [1, 2, 5, 3, 4])
        #expect(
            batch.happened.map(\.type) == [
                "credit_note.issued", "credit_note.issued", "credit_note.issued", "invoice.paid",
            ])
        #expect(batch.happened.last?.objectVersion == 3)
    }

    @Test("a cancellation settles nothing, and its invoice is void")
    func cancellation() throws {
        var batch = CreditNoteBatch(Issuance.example)
        batch.add(try note(of: .new(), 100, 19, .init(state: .void, version: 2, lastEntry: 0)))
        #expect(batch.settlements.settledMinor == [0])
        #expect(batch.settlements.state == ["void"])
        #expect(batch.posted.map(\.cause) == [.void, .void])
        #expect(batch.happened.map(\.type) == ["credit_note.issued", "invoice.voided"])
        var zero = CreditNoteBatch(Issuance.example)
        zero.add(try note(of: .new(), 0, 0, .init(state: .void, version: 2, lastEntry: 0)))
        #expect(zero.statements.count == batch.statements.count - 1, "it posts nothing")
    }

    @Test("an empty batch writes nothing, and the same statements serve any other")
    func statements() throws {
        var batch = CreditNoteBatch(Issuance.example)
        #expect(batch.statements.isEmpty)
        batch.add(try note(of: .new(), 100, 19, .init(state: .open, version: 2, lastEntry: 0)))
        let one = batch.statements
        #expect(one.count == 5)
        #expect(one.last?.text.contains("number_series") == true, "numbers come last")
        batch.add(try note(of: .new(), 100, 19, .init(state: .open, version: 2, lastEntry: 0)))
        #expect(batch.statements.map(\.text) == one.map(\.text))
    }

    private func note(
        of invoice: InvoiceID, _ net: Int64, _ tax: Int64, _ outcome: PlannedCreditNote.Outcome
    ) throws -> PlannedCreditNote {
        let credit = LineCredit(line: 1, netMinor: net, description: "x", period: nil, explanation: nil)
        let line = PlannedCreditNote.Line(
            credit: credit, tax: LineTax(rate: .zero, reason: .exempt), taxesMinor: [tax])
        return PlannedCreditNote(
            id: .new(), customer: .new(), invoice: invoice, invoiceNumber: "A-1",
            currency: try #require(Currency("EUR")), reason: "A test", netMinor: net, taxMinor: tax,
            grossMinor: net + tax, lines: [line], taxGroups: nil, outcome: outcome)
    }
}
