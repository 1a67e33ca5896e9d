import BillingMath
import Foundation
import Kernel
import Platform
import Postgres
import Web

/// What is to be taken back: all that is left, parts of lines, or an amount of the whole.
struct NewCreditNote: Codable, Sendable {
    struct Line: Codable, Sendable {
        /// The line's number on the invoice.
        let line: Whole<1, 500>
        /// So much of it before tax.
        let net: Money?
        /// So many of what it sold.
        let quantity: Quantity?
        /// As on the invoice unless told.
        let description: Text<1, 500>?
    }

    /// Stands on the credit note.
    let reason: Text<1, 500>
    /// All that is left of the invoice.
    let whole: Bool?
    let lines: [Line]?
    /// Shared out to all lines in proportion to what is left of them.
    let amount: Money?
    /// What the amount counts; with tax unless told.
    let basis: AmountBasis?
    /// Of the preview that was shown.
    let commitment: Text<64, 64>?
}

extension NewCreditNote {
    /// Throws `unusableCredit` about every field that is wrong.
    func asked() throws -> AskedCredit {
        var errors: [FieldError] = []
        let ways = [whole == true, lines != nil, amount != nil].count { $0 }
        if ways != 1 { errors.append(FieldError("", "must have one of whole, lines and amount")) }
        if basis != nil, amount == nil { errors.append(FieldError("/basis", "goes with an amount only")) }
        let named = (lines ?? []).map(\.line.value)
        if let lines, !(1...NewLine.limit).contains(lines.count) {
            errors.append(FieldError("/lines", "must have 1 to \(NewLine.limit) lines"))
        }
        if Set(named).count < named.count {
            errors.append(FieldError("/lines", "must name each line once"))
        }
        let parts = (lines ?? []).enumerated().compactMap { place, line -> AskedCredit.Part? in
            guard let size = line.size else {
                errors.append(FieldError("/lines/\(place)", "must have one of net and quantity"))
                return nil
            }
            if case .quantity(let quantity) = size, quantity <= .zero {
                errors.append(FieldError("/lines/\(place)/quantity", "must be more than zero"))
            }
            return AskedCredit.Part(
                line: Int(line.line.value), size: size, description: line.description?.text)
        }
        if !errors.isEmpty { throw InvoicingProblem.unusableCredit.with(errors: errors) }
        let extent: AskedCredit.Extent =
            if let amount { .amount(amount, basis ?? .gross) } else if lines != nil { .lines(parts) } else {
                .whole
            }
        return AskedCredit(reason: reason.text, extent: extent)
    }
}

extension NewCreditNote.Line {
    /// Nil unless it is told in one way.
    fileprivate var size: AskedCredit.Part.Size? {
        switch (net, quantity) {
        case (let net?, nil): .amount(net)
        case (nil, let quantity?): .quantity(quantity)
        default: nil
        }
    }
}

/// What a credit note would be, and what it would make of its invoice.
struct CreditNotePreview: Codable, Sendable {
    let creditNote: PlannedCreditNoteBody
    let invoice: CreditedInvoiceBody
    /// Handed in with the credit note, it is only issued if it comes to exactly this.
    let commitment: Text<64, 64>
}

/// A credit note that would be issued.
struct PlannedCreditNoteBody: Codable, Sendable {
    let invoiceId: InvoiceID
    let net: Money
    let tax: Money
    let gross: Money
    let lines: [CreditNoteLineBody]
}

/// What becomes of an invoice that is credited.
struct CreditedInvoiceBody: Codable, Sendable {
    let state: Invoice.State
    let settled: Money
    /// What is left to pay.
    let open: Money
}

extension CreditNotePreview {
    init(_ note: PlannedCreditNote, of invoice: CreditableInvoice) throws {
        let shown = Shown(creditNote: PlannedCreditNoteBody(note), invoice: CreditedInvoiceBody(invoice))
        self.init(
            creditNote: shown.creditNote, invoice: shown.invoice,
            commitment: try JSONText(encoding: shown).commitment)
    }

    /// What a commitment is given for.
    private struct Shown: Encodable {
        let creditNote: PlannedCreditNoteBody
        let invoice: CreditedInvoiceBody
    }
}

extension PlannedCreditNoteBody {
    fileprivate init(_ note: PlannedCreditNote) {
        let currency = note.currency
        self.init(
            invoiceId: note.invoice, net: Money(note.netMinor, currency), tax: Money(note.taxMinor, currency),
            gross: Money(note.grossMinor, currency),
            lines: note.lines.enumerated().map { place, line in
                CreditNoteLineBody(CreditNoteLine(line, number: place + 1), in: currency)
            })
    }
}

extension CreditNoteLine {
    /// As it would stand on its note.
    fileprivate init(_ line: PlannedCreditNote.Line, number: Int) {
        let credit = line.credit
        self.init(
            number: number, invoiceLine: credit.line, description: credit.description,
            quantity: credit.quantity, netMinor: credit.netMinor, taxMinor: line.taxMinor,
            taxRate: line.taxRate, taxCategory: line.tax.category, taxes: line.recorded.components,
            periodStart: credit.periodStart, periodEnd: credit.periodEnd,
            explanation: credit.explanation)
    }
}

extension CreditedInvoiceBody {
    /// As it is after what was planned of it.
    fileprivate init(_ invoice: CreditableInvoice) {
        self.init(
            state: invoice.state, settled: Money(invoice.settledMinor, invoice.currency),
            open: Money(invoice.grossMinor - invoice.settledMinor, invoice.currency))
    }
}
