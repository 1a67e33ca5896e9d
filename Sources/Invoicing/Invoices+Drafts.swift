import BillingMath
import Kernel
import Platform
import Postgres
import Tenancy
import Web

/// What of a draft a person may change beside its lines.
struct InvoiceHead: Sendable, Hashable {
    var serviceOn: Day
    var remarks: InvoiceRemarks
}

// What a person does to a draft. Whatever it is, the whole is taxed anew.
extension Invoices {
    /// Gives a draft other lines. Throws `notFound`, `wrongState`, `negative`, `tooLarge`, `unknownProduct`.
    func replaceLines(
        of id: InvoiceID, by lines: [DraftLine], in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        try await changeLines(of: id, in: change) { drafts, _ in drafts = lines }
    }

    /// Throws as `replaceLines` does, and `tooManyLines`.
    func add(
        _ line: DraftLine, to id: InvoiceID, in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        try await changeLines(of: id, in: change) { drafts, currency in
            if drafts.count >= NewLine.limit { throw InvoicingProblem.tooManyLines }
            drafts.append(try line.checked(currency))
        }
    }

    /// Throws as `replaceLines` does; `notFound` for a line that is not there, too.
    func replace(
        _ number: Int, of id: InvoiceID, by line: DraftLine, in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        try await changeLines(of: id, in: change) { drafts, currency in
            guard drafts.indices.contains(number - 1) else { throw Problem.notFound }
            drafts[number - 1] = try line.checked(currency)
        }
    }

    /// The lines behind it move up by one. Throws as `replace` does.
    func remove(
        _ number: Int, of id: InvoiceID, in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        try await changeLines(of: id, in: change) { drafts, _ in
            guard drafts.indices.contains(number - 1) else { throw Problem.notFound }
            drafts.remove(at: number - 1)
        }
    }

    /// Changes what stands beside the lines. Throws `notFound`, `wrongState`.
    func update(
        _ id: InvoiceID, in change: Change, _ apply: (inout InvoiceHead) -> Void
    ) async throws -> Changed<InvoiceDocument> {
        let before = try await lock(id, for: .update, in: change)
        var head = InvoiceHead(before.invoice)
        apply(&head)
        // The lines as well: their explanations name the policy of the terms where that counts.
        return try await rewrite(before, before.drafts, head, in: change)
    }

    private func changeLines(
        of id: InvoiceID, in change: Change, _ edit: (inout [DraftLine], Currency) throws -> Void
    ) async throws -> Changed<InvoiceDocument> {
        let before = try await lock(id, for: .replaceLines, in: change)
        var drafts = before.drafts
        try edit(&drafts, before.invoice.currency)
        return try await rewrite(before, drafts, InvoiceHead(before.invoice), in: change)
    }

    func rewrite(
        _ before: InvoiceDocument, _ drafts: [DraftLine], _ head: InvoiceHead, in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        let tx = change.tx
        let invoice = before.invoice
        let calendar = try await tenants.calendar(in: tx)
        let lines = try await taxed(drafts, for: TaxedSubject(invoice, head.remarks), calendar, in: tx)
        try await invoice.replaceLines(by: lines, head, in: tx)
        return Changed(from: before, to: try await document(invoice.id, in: tx))
    }
}

extension InvoiceHead {
    init(_ draft: Invoice) {
        self.init(serviceOn: draft.serviceOn, remarks: draft.remarks)
    }
}

extension InvoiceDocument {
    /// Its lines as a person wrote them.
    var drafts: [DraftLine] { lines.map { DraftLine($0, in: invoice.currency) } }
}

extension DraftLine {
    /// Throws `invalid` about a price in another currency than the invoice's.
    fileprivate func checked(_ currency: Currency) throws -> DraftLine {
        if unitPrice.currency == currency { return self }
        throw Problem.invalid.with(errors: [
            FieldError("/unit_price/currency", "must be \(currency), like the invoice's")
        ])
    }
}
