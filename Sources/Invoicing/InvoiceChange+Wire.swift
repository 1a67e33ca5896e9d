import BillingMath
import Kernel
import Web

/// Absent fields stay as they are; `null` empties those that may be empty.
struct InvoiceChange: Codable, Sendable {
    let serviceOn: Day?
    /// As the customer calls its order.
    let purchaseOrderNumber: Patch<Text<1, 100>>
    /// Printed on the invoice.
    let notes: Patch<Text<1, 2000>>
    /// For this invoice alone; `null` as the policies say.
    let paymentTermsDays: Patch<Whole<0, 365>>

    func apply(to draft: inout InvoiceHead) {
        draft.serviceOn = serviceOn ?? draft.serviceOn
        let remarks = draft.remarks
        draft.remarks.purchaseOrderNumber =
            purchaseOrderNumber.map(\.text).applied(to: remarks.purchaseOrderNumber)
        draft.remarks.notes = notes.map(\.text).applied(to: remarks.notes)
        draft.remarks.paymentTermsDays =
            paymentTermsDays.map(\.value).applied(to: remarks.paymentTermsDays)
    }
}

struct InvoiceLinePath: Codable, Sendable {
    let id: InvoiceID
    /// Counted from 1.
    let number: LineNumber
}

/// The number of a line, as it stands in a path.
struct LineNumber: FieldText {
    static let rule = "must be the number of a line"
    static let length = 1...3
    static let pattern: String? = "^[1-9][0-9]{0,2}$"
    static let example: String? = "1"

    let text: String
    let value: Int

    init?(_ text: String) {
        guard let value = Int(text), (1...999).contains(value), text == "\(value)" else { return nil }
        self.text = text
        self.value = value
    }
}

extension NewLine {
    /// Throws `invalid` and `invalidPeriod` about what is wrong with it.
    func draft(at pointer: String = "") throws -> DraftLine {
        if quantity.micros <= 0 {
            throw Problem.invalid.with(errors: [FieldError("\(pointer)/quantity", "must be more than zero")])
        }
        var line = DraftLine(description: description.text, quantity: quantity, unitPrice: unitPrice)
        line.period = try period(at: pointer)
        line.product = productId
        line.taxClass = taxClass ?? .standard
        return line
    }

    func period(at pointer: String) throws -> DaySpan? {
        switch (periodStart, periodEnd) {
        case (nil, nil): return nil
        case (let start?, let end?):
            if let span = DaySpan(start, end) { return span }
            throw InvoicingProblem.invalidPeriod.with(errors: [
                FieldError("\(pointer)/period_end", "must be behind period_start")
            ])
        default:
            throw InvoicingProblem.invalidPeriod.with(errors: [
                FieldError("\(pointer)/period_end", "goes with period_start")
            ])
        }
    }
}
