import BillingMath
import Foundation
package import Kernel
import Ledger
import Platform
import Postgres

/// The credit notes that one transaction issues, held as columns: a handful of statements, whatever their
/// number. Both ways of making one end here, a credit by line and the cancellation of a whole invoice.
package struct CreditNoteBatch: Sendable {
    let issuance: Issuance
    let trace: TraceID?
    var settlements = SettlementColumns()
    var noteColumns = CreditNoteColumns()
    var lineColumns = CreditNoteLineColumns()
    var posted: [Posting] = []
    var happened: [Event] = []

    /// What follows from the events belongs to `trace`.
    package init(_ issuance: Issuance, trace: TraceID? = nil) {
        self.issuance = issuance
        self.trace = trace
    }

    package var count: Int { noteColumns.id.count }

    /// Notes of one invoice are added in the order in which they were planned.
    package mutating func add(_ note: PlannedCreditNote) {
        settlements.append(note)
        noteColumns.append(note)
        lineColumns.append(note)
        posted += note.postings(on: issuance.issuedOn)
        happened += note.events
    }
}

extension PlannedCreditNote {
    fileprivate func postings(on day: Day) -> [Posting] {
        let document = PostedDocument(
            id: invoice, customer: customer, netMinor: netMinor, taxMinor: taxMinor, currency: currency)
        if isCancellation {
            // The ledger refuses the one amount whose opposite does not fit, and no document is below zero.
            return try! Posting.void(document, on: day)
        }
        // And an entry behind the last there can be, for which `CreditableInvoice` has refused the note.
        return try! Posting.credit(document, by: id, after: outcome.lastEntry, on: day)
    }

    fileprivate var events: [Event] {
        let issued = InvoicingEvents.issued(id)
        switch outcome.state {
        case .void: return [issued, InvoicingEvents.voided(invoice, version: outcome.version)]
        // It was not before: of what is paid nothing is left to credit.
        case .paid: return [issued, InvoicingEvents.paid(invoice, version: outcome.version)]
        default: return [issued]
        }
    }
}

/// What becomes of the invoices: a row for each, however many notes it gets.
struct SettlementColumns: Sendable {
    private(set) var invoice: [InvoiceID] = []
    private(set) var settledMinor: [Int64] = []
    private(set) var state: [String] = []
    private(set) var version: [Int32] = []
    private var places: [InvoiceID: Int] = [:]

    mutating func append(_ note: PlannedCreditNote) {
        let outcome = note.outcome
        if let place = places[note.invoice] {
            settledMinor[place] += note.settlesMinor
            state[place] = outcome.state.rawValue
            version[place] = Int32(outcome.version)
            return
        }
        places[note.invoice] = invoice.count
        invoice.append(note.invoice)
        settledMinor.append(note.settlesMinor)
        state.append(outcome.state.rawValue)
        version.append(Int32(outcome.version))
    }
}

/// The columns of `credit_notes` that differ from note to note.
struct CreditNoteColumns: Sendable {
    private(set) var id: [CreditNoteID] = []
    private(set) var invoice: [InvoiceID] = []
    private(set) var reason: [String] = []
    private(set) var netMinor: [Int64] = []
    private(set) var taxMinor: [Int64] = []
    private(set) var grossMinor: [Int64] = []
    private(set) var lineCount: [Int32] = []
    private(set) var taxes: [JSONText?] = []

    mutating func append(_ note: PlannedCreditNote) {
        id.append(note.id)
        invoice.append(note.invoice)
        reason.append(note.reason)
        netMinor.append(note.netMinor)
        taxMinor.append(note.taxMinor)
        grossMinor.append(note.grossMinor)
        lineCount.append(Int32(note.lines.count))
        taxes.append(note.taxGroups.map { JSONText(TaxRecord.json($0)) })
    }
}

/// The columns of `credit_note_lines`.
struct CreditNoteLineColumns: Sendable {
    private(set) var note: [CreditNoteID] = []
    private(set) var number: [Int32] = []
    private(set) var customer: [CustomerID] = []
    private(set) var invoiceLine: [Int32] = []
    private(set) var description: [String] = []
    private(set) var netMinor: [Int64] = []
    private(set) var taxMinor: [Int64] = []
    private(set) var taxRatePPM: [Int32] = []
    private(set) var taxCategory: [TaxCategory] = []
    private(set) var taxes: [JSONText] = []
    private(set) var periodStart: [Day?] = []
    private(set) var periodEnd: [Day?] = []
    private(set) var explanation: [JSONText?] = []
    private(set) var quantity: [Quantity?] = []

    mutating func append(_ planned: PlannedCreditNote) {
        for (place, line) in planned.lines.enumerated() {
            note.append(planned.id)
            number.append(Int32(place + 1))
            customer.append(planned.customer)
            invoiceLine.append(Int32(line.credit.line))
            description.append(line.credit.description)
            netMinor.append(line.credit.netMinor)
            taxMinor.append(line.taxMinor)
            taxRatePPM.append(line.taxRate.ratePPM)
            taxCategory.append(line.tax.category)
            taxes.append(JSONText(line.tax.record(line.taxesMinor)))
            periodStart.append(line.credit.periodStart)
            periodEnd.append(line.credit.periodEnd)
            explanation.append(line.credit.explanation)
            quantity.append(line.credit.quantity)
        }
    }
}
