package import Kernel
package import Platform
import Postgres
import Tenancy

/// What people do with items that could not be billed: see them, have them billed once the cause is mended,
/// or let the next run try.
package struct Quarantine: Sendable {
    private let database: Database
    private let tenants: Tenants
    private let billing: Billing

    init(database: Database, tenants: Tenants, billing: Billing) {
        self.database = database
        self.tenants = tenants
        self.billing = billing
    }

    /// The newest first.
    package func list(
        _ filter: QuarantineFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<QuarantinedItem> {
        try await database.read(scope) { tx in try await QuarantinedItem.list(filter, page, in: tx) }
    }

    func read(_ id: QuarantinedItemID, _ scope: TenantScope) async throws -> QuarantinedItem {
        try await database.read(scope) { tx in
            guard let item = try await QuarantinedItem.find(id, in: tx) else { throw Problem.notFound }
            return item
        }
    }

    /// Takes the item out, for the next run to try, and returns it. Throws `notFound`.
    func release(_ id: QuarantinedItemID, in change: Change) async throws -> QuarantinedItem {
        let item = try await lock(id, in: change.tx)
        try await QuarantinedItem.delete(id, in: change.tx)
        return item
    }

    /// Takes the item out and bills what is due of its customer today. When the item cannot be billed, it
    /// stays, with the new reason and one attempt more, and nothing else is changed. Throws `notFound`.
    package func replay(_ id: QuarantinedItemID, in change: Change) async throws -> Replay {
        let tx = change.tx
        let calendar = try await tenants.calendar(in: tx)
        let context = try await billing.context(of: BillingRequest(scope: tx.scope), calendar, in: tx)
        let item = try await lock(id, in: tx)
        let failed: FailedItem
        do {
            let invoices = try await tx.tentatively {
                try await QuarantinedItem.delete(id, in: tx)
                return try await bill(item, under: context, in: tx)
            }
            return Replay(item: item, isReleased: true, invoices: invoices)
        } catch let stillFailed as StillFailed {
            failed = stillFailed.item
        } catch let error where BillingRun.isRefusal(error) && !BillingRun.passes(error) {
            failed = FailedItem(item.failure(.refused), refusedFor: error)
        }
        let standing = try await QuarantinedItem.putBack(item, failed, under: context, in: tx)
        return Replay(item: standing, isReleased: false, invoices: [])
    }

    /// All that is due of the item's customer, in as many plans as a run would make.
    private func bill(
        _ item: QuarantinedItem, under context: BillingContext, in tx: Transaction
    ) async throws -> [InvoiceID] {
        let chunk = BillingChunk(context: context, customers: [item.customer])
        var invoices: [InvoiceID] = []
        while true {
            let outcome = try await chunk.bill(in: tx)
            if let failed = outcome.failures.first(where: { $0.item == item.item }) {
                throw StillFailed(item: failed)
            }
            invoices += outcome.invoices
            if !outcome.leavesTerms { return invoices }
        }
    }

    private struct StillFailed: Error {
        let item: FailedItem
    }

    private func lock(_ id: QuarantinedItemID, in tx: Transaction) async throws -> QuarantinedItem {
        guard let item = try await QuarantinedItem.lock(id, in: tx) else { throw Problem.notFound }
        return item
    }
}

/// What became of an item that was to be billed again.
package struct Replay: Sendable {
    /// As it was when it is released, as it stands now when it is not.
    package let item: QuarantinedItem
    package let isReleased: Bool
    /// Of the item and of what else was due of its customer; none when nothing is due any more, or the
    /// subscription is not active.
    package let invoices: [InvoiceID]
}

extension QuarantinedItem {
    fileprivate func failure(_ reason: BillingFailure.Reason) -> BillingFailure {
        BillingFailure(
            subscription: subscription, reference: reference?.text, item: item, customer: customer,
            reason: reason)
    }
}
