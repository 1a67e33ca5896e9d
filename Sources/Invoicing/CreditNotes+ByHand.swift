import Customers
import Kernel
import Platform
import Postgres
import Tenancy
import Web

// What a person takes back of an invoice.
extension CreditNotes {
    /// What the note would be if it were issued now. Nothing is kept. Throws `notFound`, and what `issue`
    /// does.
    func preview(
        _ asked: NewCreditNote, of id: InvoiceID, _ scope: TenantScope
    ) async throws -> CreditNotePreview {
        try await database.read(scope) { tx in try await plan(asked, of: id, in: tx).preview }
    }

    /// Throws `notFound`, `wrongState`, `unusableCredit`, `nothingToCredit`, `creditTooLarge`,
    /// `numberTaken`, and `previewStale` when the note would not be what `commitment` was given for.
    func issue(
        _ asked: NewCreditNote, of id: InvoiceID, in change: Change
    ) async throws -> CreditNoteDocument {
        let tx = change.tx
        // The customer before the invoice, as everybody who credits: two never wait for each other.
        try await Customer.hold(theOneOf: Invoice.customer(of: id), in: tx)
        _ = try await change.subject(Invoice.lock(id, in: tx))
        let planned = try await plan(asked, of: id, in: tx)
        if let commitment = asked.commitment, try planned.preview.commitment != commitment {
            throw InvoicingProblem.previewStale
        }
        let calendar = try await tenants.calendar(in: tx)
        let issuance = Issuance(
            tenant: tx.scope.tenant, calendar: calendar,
            seller: try await Sellers.snapshot(in: tx, calendar), recordedAt: change.now)
        var batch = CreditNoteBatch(issuance, trace: tx.trace)
        batch.add(planned.note)
        let statements = batch.statements
        try await refusing(InvoicingProblem.byConstraint) { _ = try await tx.pipeline(statements) }
        guard let document = try await CreditNote.document(planned.note.id, in: tx) else {
            throw Problem.notFound
        }
        return document
    }

    private func plan(
        _ asked: NewCreditNote, of id: InvoiceID, in tx: Transaction
    ) async throws -> PlannedByHand {
        guard var invoice = try await CreditableInvoice.find([id], in: tx)[id] else { throw Problem.notFound }
        // An invoice that is not there, or takes no note, is told before what is wrong with the note.
        _ = try invoice.creditableNumber
        let asked = try asked.asked()
        let lines = try invoice.lines(for: asked.extent)
        let note = try invoice.plan(
            CreditToIssue(id: .new(), invoice: id, reason: asked.reason, lines: lines))
        return PlannedByHand(note: note, invoice: invoice)
    }
}

/// A note, and its invoice as it would be afterwards.
private struct PlannedByHand {
    let note: PlannedCreditNote
    let invoice: CreditableInvoice

    var preview: CreditNotePreview {
        get throws { try CreditNotePreview(note, of: invoice) }
    }
}
