import Kernel
import Platform

/// What others may hear of invoicing.
enum InvoicingEvents {
    static func issued(_ id: InvoiceID, version: Int) -> Event {
        Event("invoice.issued", id, version: version)
    }
    static func paid(_ id: InvoiceID, version: Int) -> Event { Event("invoice.paid", id, version: version) }
    static func voided(_ id: InvoiceID, version: Int) -> Event {
        Event("invoice.voided", id, version: version)
    }
    static func issued(_ id: CreditNoteID) -> Event { Event("credit_note.issued", id, version: 1) }
}
