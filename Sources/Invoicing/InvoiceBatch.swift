import BillingMath
import Foundation
import Kernel
import Ledger
import Platform
import Postgres

/// The invoices that one transaction issues, held as columns: a billing run writes thousands at a time, and
/// each table takes one statement whatever their number.
///
/// The order of the statements is: `lines`, what refers to the lines, `postings`, `events`, and `invoices`
/// last, because it takes the numbers, and workers of one tenant queue there until commit.
package struct InvoiceBatch: Sendable {
    let issuance: Issuance
    var invoiceColumns = InvoiceColumns()
    var lineColumns = LineColumns()
    var posted: [Posting] = []
    var happened: [Event] = []

    package init(_ issuance: Issuance) {
        self.issuance = issuance
    }

    package var count: Int { invoiceColumns.id.count }

    package mutating func add(_ invoice: InvoiceToIssue) {
        invoiceColumns.append(
            invoice,
            dueOn: issuance.dueOn(
                serviceOn: invoice.serviceOn, paymentTermsDays: invoice.paymentTermsDays))
        lineColumns.append(invoice.lines, of: invoice.id, customer: invoice.customer)
        // The ledger refuses nothing but the one amount whose opposite does not fit into 64 bits, and no
        // document is below zero.
        posted += try! Posting.issue(PostedDocument(invoice), on: issuance.issuedOn)
        happened.append(InvoicingEvents.issued(invoice.id, version: 1))
        if invoice.grossMinor == 0 { happened.append(InvoicingEvents.paid(invoice.id, version: 1)) }
    }
}

extension PostedDocument {
    fileprivate init(_ invoice: InvoiceToIssue) {
        self.init(
            id: invoice.id, customer: invoice.customer, netMinor: invoice.netMinor,
            taxMinor: invoice.taxMinor,
            currency: invoice.currency)
    }
}

/// The columns of `invoices` that differ from invoice to invoice.
struct InvoiceColumns: Sendable {
    var id: [UUID] = []
    var customer: [UUID] = []
    var state: [String] = []
    var currency: [Currency] = []
    var serviceOn: [Day] = []
    var dueOn: [Day] = []
    var netMinor: [Int64] = []
    var taxMinor: [Int64] = []
    var grossMinor: [Int64] = []
    var lineCount: [Int32] = []
    var taxRounding: [String] = []
    var taxes: [JSONText] = []
    var buyer: [JSONText] = []
    var paymentTermsDays: [Int32] = []
    var purchaseOrderNumber: [String?] = []
    var notes: [String?] = []
    var replaces: [InvoiceID?] = []

    mutating func append(_ invoice: InvoiceToIssue, dueOn due: Day) {
        id.append(invoice.id.uuid)
        customer.append(invoice.customer.uuid)
        state.append(Invoice.State.issued(grossMinor: invoice.grossMinor).rawValue)
        currency.append(invoice.currency)
        serviceOn.append(invoice.serviceOn)
        dueOn.append(due)
        netMinor.append(invoice.netMinor)
        taxMinor.append(invoice.taxMinor)
        grossMinor.append(invoice.grossMinor)
        lineCount.append(Int32(invoice.lines.count))
        taxRounding.append(invoice.taxRounding.rawValue)
        taxes.append(invoice.taxes)
        buyer.append(invoice.buyer)
        paymentTermsDays.append(Int32(invoice.paymentTermsDays))
        purchaseOrderNumber.append(invoice.remarks.purchaseOrderNumber)
        notes.append(invoice.remarks.notes)
        replaces.append(invoice.replaces)
    }
}

/// The columns of `invoice_lines`.
struct LineColumns: Sendable {
    var invoice: [UUID] = []
    var number: [Int32] = []
    var customer: [UUID] = []
    var description: [String] = []
    var quantityMicros: [Int64] = []
    var unitPriceMinor: [Int64] = []
    var discountMinor: [Int64] = []
    var netMinor: [Int64] = []
    var taxMinor: [Int64] = []
    var taxRatePPM: [Int32] = []
    var taxClass: [TaxClass] = []
    var taxCategory: [TaxCategory] = []
    var taxes: [JSONText] = []
    var periodStart: [Day?] = []
    var periodEnd: [Day?] = []
    var source: [String?] = []
    var explanation: [JSONText] = []
    var product: [ProductID?] = []

    mutating func append(_ lines: [LineToIssue], of id: InvoiceID, customer owner: CustomerID) {
        for (place, line) in lines.enumerated() {
            invoice.append(id.uuid)
            number.append(Int32(place + 1))
            customer.append(owner.uuid)
            description.append(line.description)
            quantityMicros.append(line.quantityMicros)
            unitPriceMinor.append(line.unitPriceMinor)
            discountMinor.append(line.discountMinor)
            netMinor.append(line.netMinor)
            taxMinor.append(line.taxMinor)
            taxRatePPM.append(line.tax.rate.ratePPM)
            taxClass.append(line.taxClass)
            taxCategory.append(line.tax.category)
            taxes.append(line.taxes)
            periodStart.append(line.periodStart)
            periodEnd.append(line.periodEnd)
            source.append(line.source)
            explanation.append(line.explanation)
            product.append(line.product)
        }
    }
}
