import Kernel
import Platform
import Web

struct InvoiceJobPath: Codable, Sendable {
    let id: InvoiceJobID
}

struct InvoiceJobQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct InvoiceJobItemQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: InvoiceJobItem.State?
}

/// The invoices that are named, or all that are drafts with lines, or open, and fit what is told.
struct NewInvoiceBatch: Codable, Sendable {
    let operation: InvoiceJob.Operation
    let invoiceIds: [InvoiceID]?
    /// All of this customer.
    let customerId: CustomerID?
    /// All for services of this day or an earlier one.
    let serviceUntil: Day?
    /// Stands on the credit notes of what is voided; with a void only.
    let reason: Text<1, 500>?
}

/// How far it is.
struct InvoiceBatchBody: Codable, Sendable {
    let id: InvoiceJobID
    let operation: InvoiceJob.Operation
    let state: InvoiceJob.State
    let reason: Text<1, 500>?
    let itemCount: Int
    let doneCount: Int
    let failedCount: Int
    let recordedAt: Instant
    let finishedAt: Instant?
}

struct InvoiceBatchItemBody: Codable, Sendable {
    /// Counted from 1.
    let position: Int
    let invoiceId: InvoiceID
    let state: InvoiceJobItem.State
    /// The code of the problem that refused it.
    let code: String?
    let detail: String?
    let endedAt: Instant?
}

extension NewInvoiceBatch {
    /// Throws `unusableBatch` about every field that is wrong.
    func selection() throws -> InvoiceSelection {
        var errors: [FieldError] = []
        let isFiltered = customerId != nil || serviceUntil != nil
        if (invoiceIds != nil) == isFiltered {
            errors.append(FieldError("/invoice_ids", "or customer_id and service_until must be told"))
        }
        if let invoiceIds, !(1...InvoiceJob.limit).contains(invoiceIds.count) {
            errors.append(FieldError("/invoice_ids", "must have 1 to \(InvoiceJob.limit) invoices"))
        }
        if let invoiceIds, Set(invoiceIds).count < invoiceIds.count {
            errors.append(FieldError("/invoice_ids", "must name each invoice once"))
        }
        if (operation == .void) != (reason != nil) {
            errors.append(FieldError("/reason", "goes with void, which needs one"))
        }
        if !errors.isEmpty { throw InvoicingProblem.unusableBatch.with(errors: errors) }
        return invoiceIds.map { .ids($0) } ?? .all(of: customerId, servedUntil: serviceUntil)
    }
}

extension InvoiceBatchBody {
    init(_ progress: InvoiceJobProgress) {
        let job = progress.job
        self.init(
            id: job.id, operation: job.operation, state: job.state, reason: job.reason,
            itemCount: job.itemCount, doneCount: progress.done, failedCount: progress.failed,
            recordedAt: job.recordedAt, finishedAt: job.finishedAt)
    }
}

extension InvoiceBatchItemBody {
    init(_ item: InvoiceJobItem) {
        self.init(
            position: item.position, invoiceId: item.invoice, state: item.state, code: item.code,
            detail: item.detail, endedAt: item.endedAt)
    }
}
