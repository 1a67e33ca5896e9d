import BillingMath
import Foundation
import Kernel
import Platform
import Postgres
import Tenancy
import Web

struct InvoicePath: Codable, Sendable {
    let id: InvoiceID
}

struct InvoiceQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: Invoice.State?
    let customerId: CustomerID?

    var filter: InvoiceFilter { InvoiceFilter(state: state, customer: customerId) }
}

struct NewInvoice: Codable, Sendable {
    let customerId: CustomerID
    let currency: Currency
    let serviceOn: Day?
    let lines: [NewLine]
    /// As the customer calls its order.
    let purchaseOrderNumber: Text<1, 100>?
    /// Printed on the invoice.
    let notes: Text<1, 2000>?
    /// For this invoice alone; absent as the policies say.
    let paymentTermsDays: Whole<0, 365>?

    func draft() throws -> Invoices.Draft {
        Invoices.Draft(
            customer: customerId, currency: currency, serviceOn: serviceOn, lines: try NewLine.drafts(lines),
            remarks: InvoiceRemarks(
                purchaseOrderNumber: purchaseOrderNumber?.text, notes: notes?.text,
                paymentTermsDays: paymentTermsDays?.value))
    }
}

/// All lines, in their order: those there were are gone.
struct NewLines: Codable, Sendable {
    let lines: [NewLine]
}

/// The price is in the invoice's currency, before tax; below zero it is a discount.
struct NewLine: Codable, Sendable {
    let description: Text<1, 500>
    let quantity: Quantity
    let unitPrice: Money
    /// The days that are billed; both or neither.
    var periodStart: Day?
    /// The first day that is no longer paid for.
    var periodEnd: Day?
    /// What of the catalogue it sells.
    var productId: ProductID?
    /// By which tax decides about it; standard unless told.
    var taxClass: TaxClass?

    static let limit = 500

    /// Throws `invalid` about every line that is wrong, and `invalidPeriod` about the first.
    static func drafts(_ lines: [NewLine]) throws -> [DraftLine] {
        var errors: [FieldError] = []
        if lines.count > limit { errors.append(FieldError("/lines", "must have at most \(limit) lines")) }
        for (place, line) in lines.enumerated() where line.quantity.micros <= 0 {
            errors.append(FieldError("/lines/\(place)/quantity", "must be more than zero"))
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        return try lines.enumerated().map { try $1.draft(at: "/lines/\($0)") }
    }
}

struct VoidReason: Codable, Sendable {
    /// Stands on the credit note.
    let reason: Text<1, 500>
}

/// An invoice as a list shows it.
struct InvoiceSummary: Codable, Sendable {
    let id: InvoiceID
    let number: String?
    let state: Invoice.State
    let customer: AddresseeBody
    let net: Money
    let tax: Money
    let gross: Money
    /// What was paid or credited by line; the gross less this is left to pay.
    let settled: Money
    let serviceOn: Day
    let issuedOn: Day?
    let dueOn: Day?
    let lineCount: Int
    let version: Int
    let recordedAt: Instant
    let actions: [Invoice.Action]
}

/// An invoice in full. A draft has no seller and no buyer yet.
struct InvoiceBody: Versioned, Codable, Sendable {
    let id: InvoiceID
    let number: String?
    let state: Invoice.State
    let customer: AddresseeBody
    let net: Money
    let tax: Money
    let gross: Money
    /// What was paid or credited by line; the gross less this is left to pay.
    let settled: Money
    let serviceOn: Day
    let issuedOn: Day?
    let dueOn: Day?
    let purchaseOrderNumber: String?
    let notes: String?
    /// Of a draft, what was decided for it alone; of an issued invoice, what counted.
    let paymentTermsDays: Int?
    let taxRounding: TaxRounding
    /// By category and rate; together they are the tax. Empty on an invoice from before there were
    /// categories.
    let taxes: [TaxSubtotalBody]
    let lineCount: Int
    let lines: [LineBody]
    let seller: Seller?
    let buyer: Buyer?
    let creditNotes: [CreditNoteReference]
    /// The cancelled invoice that this one was issued in the place of.
    let replacesId: InvoiceID?
    let version: Int
    let recordedAt: Instant
    let actions: [Invoice.Action]
}

struct LineBody: Codable, Sendable {
    /// Counted from 1.
    let number: Int
    let description: String
    let quantity: Quantity
    let unitPrice: Money
    /// Taken off unit price times quantity before tax; the explanation names each discount.
    let discount: Money
    let net: Money
    let tax: Money
    /// All taxes of the line together.
    let taxPercent: TaxRate
    /// By which tax decided about it.
    let taxClass: TaxClass
    /// By EN 16931; null on a line from before there were categories.
    let taxCategory: TaxCategory?
    /// Each tax that the line bears.
    let taxes: [LineTaxBody]
    let periodStart: Day?
    /// The first day that is no longer paid for.
    let periodEnd: Day?
    /// What the line was made from.
    let source: String?
    /// What of the catalogue it sells, where a person said so.
    let productId: ProductID?
    /// Why the line is what it is, as its rule wrote it.
    let explanation: JSONBytes
}

/// A document's customer, by today's name.
struct AddresseeBody: Codable, Sendable {
    let id: CustomerID
    let reference: Code?
    let name: String
}

extension AddresseeBody {
    init(_ addressee: Addressee) {
        self.init(id: addressee.id, reference: addressee.reference, name: addressee.name)
    }
}

extension InvoiceSummary {
    init(_ listed: ListedInvoice, for actor: Actor) {
        let invoice = listed.invoice
        self.init(
            id: invoice.id, number: invoice.number, state: invoice.state,
            customer: AddresseeBody(listed.addressee),
            net: invoice.net, tax: invoice.tax, gross: invoice.gross, settled: invoice.settled,
            serviceOn: invoice.serviceOn, issuedOn: invoice.issuedOn, dueOn: invoice.dueOn,
            lineCount: invoice.lineCount, version: invoice.version, recordedAt: invoice.recordedAt,
            actions: invoice.actions(for: actor))
    }
}

extension InvoiceBody {
    init(_ document: InvoiceDocument, for actor: Actor) throws {
        let invoice = document.invoice
        self.init(
            id: invoice.id, number: invoice.number, state: invoice.state,
            customer: AddresseeBody(document.addressee), net: invoice.net, tax: invoice.tax,
            gross: invoice.gross,
            settled: invoice.settled, serviceOn: invoice.serviceOn, issuedOn: invoice.issuedOn,
            dueOn: invoice.dueOn, purchaseOrderNumber: invoice.remarks.purchaseOrderNumber,
            notes: invoice.remarks.notes, paymentTermsDays: invoice.remarks.paymentTermsDays,
            taxRounding: invoice.taxRounding,
            taxes: TaxSubtotalBody.all(document.taxGroups, in: invoice.currency),
            lineCount: invoice.lineCount,
            lines: document.lines.map { LineBody($0, in: invoice.currency) }, seller: document.seller,
            buyer: document.buyer, creditNotes: document.creditNotes.map(CreditNoteReference.init),
            replacesId: invoice.replaces,
            version: invoice.version, recordedAt: invoice.recordedAt, actions: invoice.actions(for: actor))
    }
}

extension LineBody {
    init(_ line: InvoiceLine, in currency: Currency) {
        self.init(
            number: line.number, description: line.description, quantity: line.quantity,
            unitPrice: Money(line.unitPriceMinor, currency), discount: Money(line.discountMinor, currency),
            net: Money(line.netMinor, currency), tax: Money(line.taxMinor, currency),
            taxPercent: line.taxRate, taxClass: line.taxClass ?? .standard, taxCategory: line.taxCategory,
            taxes: LineTaxBody.all(line.taxes, in: currency), periodStart: line.periodStart,
            periodEnd: line.periodEnd, source: line.source, productId: line.product,
            explanation: JSONBytes(Data(line.explanation.text.utf8)))
    }
}
