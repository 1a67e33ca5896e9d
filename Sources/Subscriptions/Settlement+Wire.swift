import BillingMath
import Foundation
import Invoicing
import Kernel
import Platform
import Postgres
import Web

/// What a change costs at once: what is given back, what is billed, and what of it is left to pay.
struct SettlementBody: Codable, Sendable {
    let creditNotes: [SettledCreditNoteBody]
    let invoices: [SettledInvoiceBody]
    /// Invoices less credit notes, in the subscription's currency; below zero the customer gets more back.
    let balance: Money
}

/// A credit note; without an id it would only be issued.
struct SettledCreditNoteBody: Codable, Sendable {
    let id: CreditNoteID?
    let invoiceId: InvoiceID
    let net: Money
    let tax: Money
    let gross: Money
    let lines: [SettledLineBody]
}

/// An invoice; without an id it would only be issued.
struct SettledInvoiceBody: Codable, Sendable {
    let id: InvoiceID?
    let serviceOn: Day
    let net: Money
    let tax: Money
    let gross: Money
    let lines: [SettledLineBody]
}

struct SettledLineBody: Codable, Sendable {
    let description: String
    let net: Money
    let tax: Money
    let taxPercent: TaxRate
    let periodStart: Day?
    /// The first day that is no longer paid for, or given back.
    let periodEnd: Day?
    /// Why the line is what it is.
    let explanation: JSONBytes
}

/// What a change would cost now, and what the next invoices would be.
struct PreviewBody: Codable, Sendable {
    let now: SettlementBody
    /// When the next terms are billed; null when none will be.
    let nextDueOn: Day?
    let next: [SettledInvoiceBody]
    /// Handed in with the change, it is only made if it comes to exactly this.
    let commitment: Text<64, 64>
}

extension SettlementBody {
    /// With the ids of what was issued, or without any for a preview.
    init(
        _ settlement: Settlement, _ notes: [PlannedCreditNote], isIssued: Bool
    ) throws {
        let currency = settlement.history.subscription.currency
        creditNotes = notes.map { SettledCreditNoteBody($0, isIssued: isIssued) }
        invoices = settlement.bills.map { SettledInvoiceBody($0, isIssued: isIssued) }
        let billed = settlement.bills.reduce(Int128(0)) { $0 + Int128($1.invoice.grossMinor) }
        let balance = notes.reduce(billed) { $0 - Int128($1.grossMinor) }
        guard let minor = Int64(exactly: balance) else { throw SubscriptionsProblem.unbillable }
        self.balance = Money(minor, currency)
    }
}

extension SettledCreditNoteBody {
    fileprivate init(_ note: PlannedCreditNote, isIssued: Bool) {
        let currency = note.currency
        self.init(
            id: isIssued ? note.id : nil, invoiceId: note.invoice, net: Money(note.netMinor, currency),
            tax: Money(note.taxMinor, currency), gross: Money(note.grossMinor, currency),
            lines: note.lines.map { line in
                SettledLineBody(
                    description: line.credit.description, net: Money(line.credit.netMinor, currency),
                    tax: Money(line.taxMinor, currency), taxPercent: line.taxRate,
                    periodStart: line.credit.periodStart, periodEnd: line.credit.periodEnd,
                    explanation: JSONBytes(Data((line.credit.explanation?.text ?? "{}").utf8)))
            })
    }
}

extension SettledInvoiceBody {
    init(_ bill: SettledBill, isIssued: Bool) {
        let (invoice, currency) = (bill.invoice, bill.invoice.currency)
        self.init(
            id: isIssued ? bill.document.id : nil, serviceOn: invoice.serviceDay,
            net: Money(invoice.netMinor, currency), tax: Money(invoice.taxMinor, currency),
            gross: Money(invoice.grossMinor, currency),
            lines: bill.document.lines.map { line in
                SettledLineBody(
                    description: line.description, net: Money(line.netMinor, currency),
                    tax: Money(line.taxMinor, currency),
                    taxPercent: line.tax.rate,
                    periodStart: line.periodStart, periodEnd: line.periodEnd,
                    explanation: JSONBytes(Data(line.explanation.text.utf8)))
            })
    }
}
