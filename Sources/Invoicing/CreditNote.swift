package import BillingMath
package import Kernel
package import Postgres

/// What takes an issued invoice back, the whole or parts of its lines: a document with a number of its own
/// series, complete and frozen from the start. Its amounts are positive, as a credit note shows them.
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
    /// How many of what the line sold; nil where an amount is taken back.
    package let quantity: Quantity?
    package let netMinor: Int64
    package let taxMinor: Int64
    package let taxRate: TaxRate
    /// Nil on a line from before there were categories, like the taxes.
    let taxCategory: TaxCategory?
    let taxes: [TaxRecord.Component]?
    /// The days that are taken back; nil where the whole line is, with the whole invoice.
    package let periodStart: Day?
    /// The first day that is no longer part of it.
    package let periodEnd: Day?
    /// Why so much is taken back, as a JSON object. Nil where the whole invoice is: its lines explain it.
    package let explanation: JSONText?
}
