import BillingMath
import Kernel
import Tenancy

/// An invoice with everything that stands on it. A draft has no seller and no buyer yet: both are copied at
/// issue.
struct InvoiceDocument: Sendable {
    let invoice: Invoice
    let addressee: Addressee
    let lines: [InvoiceLine]
    /// By category and rate; nil on an invoice from before there were categories.
    let taxGroups: [TaxRecord.Group]?
    let seller: Seller?
    let buyer: Buyer?
    let creditNotes: [CreditNote]
}

/// An invoice as a list shows it.
struct ListedInvoice: Sendable {
    let invoice: Invoice
    let addressee: Addressee
}

/// A credit note with everything that stands on it.
struct CreditNoteDocument: Sendable {
    let note: CreditNote
    let addressee: Addressee
    let lines: [CreditNoteLine]
    let taxGroups: [TaxRecord.Group]?
    let seller: Seller
    let buyer: Buyer
}

/// A credit note as a list shows it.
struct ListedCreditNote: Sendable {
    let note: CreditNote
    let addressee: Addressee
}

/// The customer of a document, by today's name.
struct Addressee: Sendable, Hashable {
    let id: CustomerID
    let reference: Code?
    let name: String
}
