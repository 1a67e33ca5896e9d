import BillingMath
import Foundation
import Kernel
import Postgres
import Tenancy
import Web

struct CreditNotePath: Codable, Sendable {
    let id: CreditNoteID
}

struct CreditNoteQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let customerId: CustomerID?
    let invoiceId: InvoiceID?

    var filter: CreditNoteFilter { CreditNoteFilter(customer: customerId, invoice: invoiceId) }
}

/// A credit note as its invoice shows it.
struct CreditNoteReference: Codable, Sendable {
    let id: CreditNoteID
    let number: String
    let gross: Money
    let issuedOn: Day
}

/// A credit note as a list shows it. Amounts are positive.
struct CreditNoteSummary: Codable, Sendable {
    let id: CreditNoteID
    let number: String
    let invoiceId: InvoiceID
    let customer: AddresseeBody
    let reason: String
    let net: Money
    let tax: Money
    let gross: Money
    let issuedOn: Day
    let lineCount: Int
    let recordedAt: Instant
}

/// A credit note in full.
struct CreditNoteBody: Codable, Sendable {
    let id: CreditNoteID
    let number: String
    let invoiceId: InvoiceID
    let customer: AddresseeBody
    let reason: String
    let net: Money
    let tax: Money
    let gross: Money
    let issuedOn: Day
    /// By category and rate; together they are the tax. Empty on a note on an invoice from before there were
    /// categories.
    let taxes: [TaxSubtotalBody]
    let lineCount: Int
    let lines: [CreditNoteLineBody]
    let seller: Seller
    let buyer: Buyer
    let recordedAt: Instant
}

struct CreditNoteLineBody: Codable, Sendable {
    /// Counted from 1.
    let number: Int
    /// The line of the invoice that this one takes back.
    let invoiceLine: Int
    let description: String
    /// How many of what the line sold are taken back; absent where an amount is.
    let quantity: Quantity?
    let net: Money
    let tax: Money
    /// All taxes of the line together.
    let taxPercent: TaxRate
    /// By EN 16931; null on a line from before there were categories.
    let taxCategory: TaxCategory?
    /// Each tax that the line gives back.
    let taxes: [LineTaxBody]
    /// The days that are taken back.
    let periodStart: Day?
    /// The first day that is no longer part of it.
    let periodEnd: Day?
    /// Why so much is taken back; absent where all that is left of the invoice is, and where a person said
    /// how much of the line.
    let explanation: JSONBytes?
}

extension CreditNoteReference {
    init(_ note: CreditNote) {
        self.init(id: note.id, number: note.number, gross: note.gross, issuedOn: note.issuedOn)
    }
}

extension CreditNoteSummary {
    init(_ listed: ListedCreditNote) {
        let note = listed.note
        self.init(
            id: note.id, number: note.number, invoiceId: note.invoice,
            customer: AddresseeBody(listed.addressee),
            reason: note.reason, net: note.net, tax: note.tax, gross: note.gross, issuedOn: note.issuedOn,
            lineCount: note.lineCount, recordedAt: note.recordedAt)
    }
}

extension CreditNoteBody {
    init(_ document: CreditNoteDocument) {
        let note = document.note
        self.init(
            id: note.id, number: note.number, invoiceId: note.invoice,
            customer: AddresseeBody(document.addressee),
            reason: note.reason, net: note.net, tax: note.tax, gross: note.gross, issuedOn: note.issuedOn,
            taxes: TaxSubtotalBody.all(document.taxGroups, in: note.currency), lineCount: note.lineCount,
            lines: document.lines.map { CreditNoteLineBody($0, in: note.currency) },
            seller: document.seller, buyer: document.buyer, recordedAt: note.recordedAt)
    }
}

extension CreditNoteLineBody {
    init(_ line: CreditNoteLine, in currency: Currency) {
        self.init(
            number: line.number, invoiceLine: line.invoiceLine, description: line.description,
            quantity: line.quantity, net: Money(line.netMinor, currency), tax: Money(line.taxMinor, currency),
            taxPercent: line.taxRate, taxCategory: line.taxCategory,
            taxes: LineTaxBody.all(line.taxes, in: currency), periodStart: line.periodStart,
            periodEnd: line.periodEnd,
            explanation: line.explanation.map { JSONBytes(Data($0.text.utf8)) })
    }
}
