import BillingMath
import Customers
import Kernel
import Platform
import Postgres
import Tenancy
import Web

extension Invoices {
    /// Cancels an issued invoice by a credit note for the whole and issues another in its place, taxed by
    /// today's rates for the customer as it is now. What the former billed is billed by the new one: at no
    /// time can it be billed by somebody else. What a line that is left out billed can be billed again.
    ///
    /// Throws `notFound`, `wrongState`, `settled`, `unusableReissue`, `negative`, `tooLarge`, `numberTaken`.
    func reissue(_ id: InvoiceID, as asked: Reissue, in change: Change) async throws -> InvoiceDocument {
        let tx = change.tx
        // The customer before the invoice, as everybody who credits: two never wait for each other.
        try await Customer.hold(theOneOf: Invoice.customer(of: id), in: tx)
        let former = try await lock(id, for: .reissue, in: change)
        let lines = try asked.lines(of: former)
        let calendar = try await tenants.calendar(in: tx)
        let note = try PlannedCreditNote(cancelling: former, as: .new(), reason: asked.reason.text)
        let invoice = try await replacement(of: former, asked, lines, calendar, in: tx)
        let issuance = try await issuance(calendar, in: change)
        var issued = InvoiceBatch(issuance)
        issued.add(invoice)
        var notes = CreditNoteBatch(issuance, trace: tx.trace)
        notes.add(note)
        // The lines first: what they bill refers to them. The numbers last, those of notes before those of
        // invoices.
        let written = issued
        try await refusing(InvoicingProblem.byConstraint) { try await tx.run(written.lines) }
        let replaced = ReplacedInvoice(
            invoice: id, creditNote: note.id.uuid, replacement: invoice.id,
            lines: lines.enumerated().compactMap { place, line in
                line.former.map { (former: $0.number, line: place + 1) }
            })
        for transfer in transfers { try await transfer(tx, replaced) }
        let postings = [written.postings].compactMap(\.self)
        let statements = postings + [written.events] + notes.statements + [written.invoices]
        try await refusing(InvoicingProblem.byConstraint) { _ = try await tx.pipeline(statements) }
        return try await document(invoice.id, in: tx)
    }

    private func replacement(
        of former: InvoiceDocument, _ asked: Reissue, _ lines: [ReissuedLine], _ calendar: TenantCalendar,
        in tx: Transaction
    ) async throws -> InvoiceToIssue {
        let invoice = former.invoice
        var head = InvoiceHead(invoice)
        asked.change.apply(to: &head)
        let taxed = try await taxed(
            lines.map(\.draft), for: TaxedSubject(invoice, head.remarks), calendar, in: tx)
        guard let buyer = try await Buyer.snapshot(of: invoice.customer, in: tx) else {
            throw Problem.notFound
        }
        var replacement = InvoiceToIssue(
            id: .new(), customer: invoice.customer, buyer: buyer, currency: invoice.currency,
            serviceOn: head.serviceOn, totals: taxed.totals, taxRounding: taxed.rounding,
            paymentTermsDays: taxed.paymentTermsDays,
            lines: try zip(lines, taxed.lines).map { try $0.issued($1) })
        replacement.remarks = head.remarks
        replacement.replaces = invoice.id
        return replacement
    }
}
