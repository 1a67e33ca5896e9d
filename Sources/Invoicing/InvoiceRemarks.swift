/// What a person decides about an invoice beside its lines.
package struct InvoiceRemarks: Sendable, Hashable {
    /// As the customer calls its order.
    package var purchaseOrderNumber: String?
    /// Printed on the invoice.
    package var notes: String?
    /// Of a draft, what was decided for it alone; of an issued invoice, what counted.
    package var paymentTermsDays: Int?

    package static let none = InvoiceRemarks()
}
