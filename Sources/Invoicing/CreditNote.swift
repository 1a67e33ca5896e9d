package import BillingMath
import Foundation
package import Kernel

/// What takes an issued invoice back: a document with a number of its own series, complete and frozen from
/// the start. Its amounts are positive, as a credit note shows them.
package struct CreditNote: Sendable, Hashable {
    package let id: CreditNoteID
    package let customer: CustomerID
    package let invoice: InvoiceID
    package let number: String
    package let currency: Currency
    package let issuedOn: Day
    package let reason: String
    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    package let lineCount: Int
    package let recordedAt: Instant

    package var net: Money { Money(netMinor, currency) }
    package var tax: Money { Money(taxMinor, currency) }
    package var gross: Money { Money(grossMinor, currency) }
}

/// One line of a credit note: what it takes back of one line of the invoice.
package struct CreditNoteLine: Sendable, Hashable {
    /// Counted from 1.
    package let number: Int
    package let invoiceLine: Int
    package let description: String
    package let netMinor: Int64
    package let taxMinor: Int64
    package let taxRate: TaxRate
}

/// The credit note that cancels a whole invoice, before it has its number.
struct Cancellation: Sendable {
    let id: CreditNoteID
    let tenant: TenantID
    let invoice: InvoiceID
    let reason: Text<1, 500>
    let issuedOn: Day
    let numbers: NumberSeries
    let seller: UUID
    let recordedAt: Instant
}
