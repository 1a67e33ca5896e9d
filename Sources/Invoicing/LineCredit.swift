package import BillingMath
package import Kernel
package import Postgres

/// What is to be taken back of one line of an issued invoice.
package struct LineCredit: Sendable, Hashable {
    /// The invoice's line, counted from 1.
    package let line: Int
    /// In minor units; `CreditNotes.plan` refuses what is not above zero.
    package let netMinor: Int64
    package let description: String
    /// The days that are taken back; nil where days do not matter.
    package let period: DaySpan?
    /// Why so much is taken back, as a JSON object. Nil when a whole invoice is cancelled: its lines explain
    /// themselves.
    package let explanation: JSONText?
    /// How many of what the line sold; nil where an amount is taken back.
    var quantity: Quantity?
    /// The tax that goes back with it; nil where that follows from the rate.
    var taxMinor: Int64?

    package init(
        line: Int, netMinor: Int64, description: String, period: DaySpan?, explanation: JSONText?
    ) {
        self.line = line
        self.netMinor = netMinor
        self.description = description
        self.period = period
        self.explanation = explanation
    }

    package var periodStart: Day? { period?.start }
    /// The first day that is no longer part of it.
    package var periodEnd: Day? { period?.end }
}

/// A credit note before its tax and its number are known.
package struct CreditToIssue: Sendable, Hashable {
    package let id: CreditNoteID
    package let invoice: InvoiceID
    /// Stands on the note.
    package let reason: String
    package let lines: [LineCredit]

    package init(id: CreditNoteID, invoice: InvoiceID, reason: String, lines: [LineCredit]) {
        self.id = id
        self.invoice = invoice
        self.reason = reason
        self.lines = lines
    }
}

/// A credit note with its tax: what a preview shows, and what is issued. Net + tax = gross, and the lines add
/// up to both; the amounts are positive.
package struct PlannedCreditNote: Sendable, Hashable {
    /// One line of it; its number is its place, counted from 1.
    package struct Line: Sendable, Hashable {
        package let credit: LineCredit
        let tax: LineTax
        /// Of each tax that the line bears.
        let taxesMinor: [Int64]

        package var taxMinor: Int64 { taxesMinor.reduce(0, +) }
        package var taxRate: TaxRate { tax.rate }

        var recorded: TaxRecord.Line {
            TaxRecord.Line(netMinor: credit.netMinor, tax: tax, taxesMinor: taxesMinor)
        }
    }

    package let id: CreditNoteID
    package let customer: CustomerID
    package let invoice: InvoiceID
    package let invoiceNumber: String
    package let currency: Currency
    package let reason: String
    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    package let lines: [Line]
    /// By category and rate; nil on an invoice from before there were categories.
    let taxGroups: [TaxRecord.Group]?
    let outcome: Outcome

    /// What the note makes of its invoice.
    struct Outcome: Sendable, Hashable {
        /// `void` for a cancellation, `paid` when nothing is left to pay.
        let state: Invoice.State
        /// Of the invoice, after the note.
        let version: Int
        /// The last entry that the invoice's notes before this one posted; 0 without any.
        let lastEntry: Int16
    }

    var isCancellation: Bool { outcome.state == .void }
    /// What it adds to the invoice's settled amount. A void invoice needs no settlement.
    var settlesMinor: Int64 { isCancellation ? 0 : grossMinor }
}

extension PlannedCreditNote {
    /// The cancellation of a whole issued invoice. All is copied from its own rows, which are frozen: it
    /// cannot differ from them.
    init(cancelling document: InvoiceDocument, as id: CreditNoteID, reason: String) throws {
        let invoice = document.invoice
        guard let number = invoice.number else { throw InvoicingProblem.wrongState }
        self.init(
            id: id, customer: invoice.customer, invoice: invoice.id, invoiceNumber: number,
            currency: invoice.currency, reason: reason, netMinor: invoice.netMinor,
            taxMinor: invoice.taxMinor, grossMinor: invoice.grossMinor,
            lines: document.lines.map(Line.init(cancelling:)), taxGroups: document.taxGroups,
            outcome: Outcome(state: .void, version: invoice.version + 1, lastEntry: 0))
    }
}

extension PlannedCreditNote.Line {
    fileprivate init(cancelling line: InvoiceLine) {
        let credit = LineCredit(
            line: line.number, netMinor: line.netMinor, description: line.description, period: nil,
            explanation: nil)
        self.init(credit: credit, tax: line.tax, taxesMinor: line.taxesMinor)
    }
}
