import Kernel
import Web

/// What is otherwise on the invoice that takes the place of another. Absent fields are as they were; `null`
/// empties those that may be empty.
struct NewReissue: Codable, Sendable {
    struct Line: Codable, Sendable {
        /// The line of the former invoice that it takes the place of; absent for a new one.
        let line: Whole<1, 500>?
        let description: Text<1, 500>?
        let quantity: Quantity?
        /// Before tax.
        let unitPrice: Money?
    }

    /// Stands on the credit note that cancels the former invoice.
    let reason: Text<1, 500>
    /// All lines, in their order; absent, they are those that there were. What is not named is left out.
    let lines: [Line]?
    let serviceOn: Day?
    let purchaseOrderNumber: Patch<Text<1, 100>>
    let notes: Patch<Text<1, 2000>>
    /// `null` as the policies say.
    let paymentTermsDays: Patch<Whole<0, 365>>

    var asked: Reissue {
        Reissue(
            reason: reason,
            lines: lines?.map {
                Reissue.Line(
                    former: ($0.line?.value).map { Int($0) }, description: $0.description?.text,
                    quantity: $0.quantity, unitPrice: $0.unitPrice)
            },
            change: InvoiceChange(
                serviceOn: serviceOn, purchaseOrderNumber: purchaseOrderNumber, notes: notes,
                paymentTermsDays: paymentTermsDays))
    }
}
