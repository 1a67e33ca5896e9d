package import Kernel

/// What invoicing may refuse.
package enum InvoicingProblem {
    package static let wrongState = Problem(
        "wrong_state", status: 409,
        "The document's state does not allow this. See its actions for what it does.")
    package static let frozen = Problem(
        "invoice_frozen", status: 409, "An issued invoice never changes. Void it and issue another.")
    package static let settled = Problem(
        "invoice_settled", status: 409,
        """
        Something was paid or credited on this invoice, so it cannot be taken back as a whole. Refund or \
        move a payment first.
        """)
    package static let nothingToCredit = Problem(
        "nothing_to_credit", status: 422,
        "A credit note has lines, and each takes back more than zero before tax.")
    package static let unusableCredit = Problem(
        "unusable_credit", status: 422,
        "The credit note cannot be made as asked. Each reason is listed in errors.")
    package static let creditTooLarge = Problem(
        "credit_too_large", status: 409,
        "More is to be credited than is left of the invoice. Read what was credited of it before.")
    package static let previewStale = Problem(
        "preview_stale", status: 409,
        "What would be issued is no longer what the preview showed. Ask for another preview.")
    package static let empty = Problem(
        "invoice_empty", status: 409, "An invoice without lines cannot be finalized. Give it lines first.")
    package static let negative = Problem(
        "invoice_negative", status: 422, "The lines add up to less than zero. Issue a credit note instead.")
    package static let tooLarge = Problem(
        "amount_too_large", status: 422, "An amount or a sum is too large. Split it over several invoices.")
    package static let unusableReissue = Problem(
        "unusable_reissue", status: 422,
        "The invoice cannot be issued anew as asked. Each reason is listed in errors.")
    package static let unusableMerge = Problem(
        "unusable_merge", status: 422,
        "The drafts cannot become one as asked. Each reason is listed in errors.")
    package static let draftsDiffer = Problem(
        "drafts_differ", status: 409,
        """
        Only drafts of one customer, in one currency, for one day of service, with the same order number and \
        payment terms become one.
        """)
    package static let unknownInvoice = Problem(
        "unknown_invoice", status: 422, "An invoice that is named is not there. Each is listed in errors.")
    package static let unusableBatch = Problem(
        "unusable_batch", status: 422,
        "The batch cannot be done as asked. Each reason is listed in errors, or told in detail.")
    /// Of one invoice of a batch, whose failure is a mistake of ours.
    static let failed = Problem(
        "failed", status: 500, "This invoice failed for a reason that is ours. Try it alone, or ask us.")
    package static let invalidPeriod = Problem(
        "invalid_period", status: 422,
        "A period is told by its first day and a later day, the first behind it.")
    package static let tooManyLines = Problem(
        "too_many_lines", status: 409, "An invoice has at most 500 lines. Issue another for the rest.")
    package static let unknownProduct = Problem(
        "unknown_product", status: 422, "There is no such product in your catalogue.")
    package static let unknownCustomer = Problem(
        "unknown_customer", status: 422, "There is no such customer. Create it first.")
    package static let numberTaken = Problem(
        "number_taken", status: 409,
        "The next number by your number format was given to another document. Change that format."
    )

    /// What the constraints of these tables mean. For whoever sends the statements of an `InvoiceBatch`.
    package static let byConstraint: [String: Problem] = [
        "issued_invoices_are_frozen": frozen,
        "invoices_customer_fkey": unknownCustomer,
        "invoice_lines_product_fkey": unknownProduct,
        "invoices_number_key": numberTaken,
        "credit_notes_number_key": numberTaken,
    ]
}
