package import BillingMath
package import Foundation
package import Kernel
package import Postgres
package import Tenancy

/// What all documents that one transaction issues share: the issue date is the tenant's today.
package struct Issuance: Sendable {
    package let tenant: TenantID
    package let issuedOn: Day
    package let recordedAt: Instant
    let seller: UUID
    let invoiceNumbers: NumberSeries
    let creditNoteNumbers: NumberSeries

    /// `seller` is what `Sellers.snapshot` returned in the same transaction.
    package init(tenant: TenantID, calendar: TenantCalendar, seller: UUID, recordedAt: Instant) {
        let settings = calendar.settings
        self.tenant = tenant
        self.seller = seller
        self.recordedAt = recordedAt
        issuedOn = calendar.today
        invoiceNumbers = NumberSeries(.invoice, settings.invoiceNumberFormat, on: calendar.today)
        creditNoteNumbers = NumberSeries(
            .creditNote, settings.creditNoteNumberFormat, on: calendar.today)
    }

    /// Nobody has to pay before the service begins.
    func dueOn(serviceOn: Day, paymentTermsDays: Int) -> Day {
        max(issuedOn.adding(days: paymentTermsDays), serviceOn)
    }
}

/// One invoice, complete but for its number. Net + tax = gross, and the lines add up to both.
package struct InvoiceToIssue: Sendable {
    package let id: InvoiceID
    package let customer: CustomerID
    /// What `Buyer.snapshot` selected.
    package let buyer: JSONText
    package let currency: Currency
    package let serviceOn: Day
    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    /// How the lines' tax was rounded.
    package let taxRounding: TaxRounding
    /// By category and rate, as `InvoiceTotals.record` writes it.
    package let taxes: JSONText
    package let paymentTermsDays: Int
    /// What a person decided beside the lines; the terms stand above.
    var remarks = InvoiceRemarks.none
    /// The cancelled invoice in whose place it is issued.
    var replaces: InvoiceID?
    package let lines: [LineToIssue]

    package init(
        id: InvoiceID, customer: CustomerID, buyer: JSONText, currency: Currency, serviceOn: Day,
        totals: InvoiceTotals, taxRounding: TaxRounding, paymentTermsDays: Int, lines: [LineToIssue]
    ) {
        self.id = id
        self.customer = customer
        self.buyer = buyer
        self.currency = currency
        self.serviceOn = serviceOn
        netMinor = totals.netMinor
        taxMinor = totals.taxMinor
        grossMinor = totals.grossMinor
        taxes = JSONText(totals.record)
        self.taxRounding = taxRounding
        self.paymentTermsDays = paymentTermsDays
        self.lines = lines
    }
}

/// One line of it; its number is its place, counted from 1.
package struct LineToIssue: Sendable {
    package let description: String
    package internal(set) var quantityMicros: Int64
    package internal(set) var unitPriceMinor: Int64
    /// What is taken off unit price times quantity; not below zero.
    package internal(set) var discountMinor: Int64
    package let netMinor: Int64
    package let taxMinor: Int64
    package let tax: LineTax
    /// Of each tax that the line bears, as `LineTax.record` writes it.
    package let taxes: JSONText
    package internal(set) var periodStart: Day?
    /// The first day that is no longer paid for.
    package internal(set) var periodEnd: Day?
    /// What the line was made from, as its maker calls it.
    package internal(set) var source: String?
    package internal(set) var explanation: JSONText
    /// Of the catalogue, where a person said so.
    var product: ProductID?
    package var taxClass = TaxClass.standard

    package init(
        description: String, quantityMicros: Int64, unitPriceMinor: Int64, discountMinor: Int64 = 0,
        netMinor: Int64, tax: LineTax, taxesMinor: [Int64], periodStart: Day?, periodEnd: Day?,
        source: String?, explanation: JSONText
    ) {
        self.description = description
        self.quantityMicros = quantityMicros
        self.unitPriceMinor = unitPriceMinor
        self.discountMinor = discountMinor
        self.netMinor = netMinor
        self.tax = tax
        taxMinor = taxesMinor.reduce(0, +)
        taxes = JSONText(tax.record(taxesMinor))
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.source = source
        self.explanation = explanation
    }
}
