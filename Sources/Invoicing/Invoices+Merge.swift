import BillingMath
import Kernel
import Platform
import Postgres
import Web

/// The drafts that are to become one.
struct InvoiceMerge: Codable, Sendable {
    /// Of one customer, in one currency, for one day of service, with the same order number and terms.
    let invoiceIds: [InvoiceID]

    static let limit = 50

    /// Throws `unusableMerge`.
    func checked() throws -> [InvoiceID] {
        var errors: [FieldError] = []
        if !(2...InvoiceMerge.limit).contains(invoiceIds.count) {
            errors.append(FieldError("/invoice_ids", "must have 2 to \(InvoiceMerge.limit) drafts"))
        }
        if Set(invoiceIds).count < invoiceIds.count {
            errors.append(FieldError("/invoice_ids", "must name each draft once"))
        }
        if !errors.isEmpty { throw InvoicingProblem.unusableMerge.with(errors: errors) }
        return invoiceIds
    }
}

extension Invoices {
    /// Makes one draft of several: the oldest takes the lines of the others behind its own, in the order in
    /// which they were drafted, and their notes; the others are gone. They had no numbers, so none is
    /// missing.
    ///
    /// Throws `unknownInvoice`, `wrongState`, `draftsDiffer`, `tooManyLines`, `negative`, `tooLarge`.
    func merge(_ ids: [InvoiceID], in change: Change) async throws -> Changed<InvoiceDocument> {
        let tx = change.tx
        let drafts = try await Invoice.lock(ids, in: tx)
        if drafts.count < ids.count {
            let known = Set(drafts.map(\.id))
            throw InvoicingProblem.unknownInvoice.with(
                errors: ids.indices.filter { !known.contains(ids[$0]) }.map {
                    FieldError("/invoice_ids/\($0)", "is not one of your invoices")
                })
        }
        for draft in drafts { try draft.require(.merge) }
        let kinds = Set(drafts.map(MergeableKind.init))
        guard let oldest = drafts.first, kinds.count == 1 else { throw InvoicingProblem.draftsDiffer }
        let lines = try await InvoiceLine.drafts(of: drafts.map(\.id), in: oldest.currency, tx)
        if lines.count > NewLine.limit { throw InvoicingProblem.tooManyLines }
        let before = try await document(oldest.id, in: tx)
        var head = InvoiceHead(oldest)
        let notes = drafts.compactMap(\.remarks.notes)
        if !notes.isEmpty { head.remarks.notes = notes.joined(separator: "\n") }
        try await Invoice.delete(drafts.dropFirst().map(\.id), in: tx)
        return try await rewrite(before, lines, head, in: change)
    }
}

/// What drafts that become one have in common.
private struct MergeableKind: Hashable {
    let customer: CustomerID
    let currency: Currency
    let serviceOn: Day
    let purchaseOrderNumber: String?
    let paymentTermsDays: Int?

    init(_ draft: Invoice) {
        customer = draft.customer
        currency = draft.currency
        serviceOn = draft.serviceOn
        purchaseOrderNumber = draft.remarks.purchaseOrderNumber
        paymentTermsDays = draft.remarks.paymentTermsDays
    }
}
