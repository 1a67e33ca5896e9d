import BillingMath
import Catalog
import Foundation
import Invoicing
import Kernel
import Postgres

/// Some customers, billed in one transaction: claim, plan, write. What it writes is there completely or not
/// at all.
struct BillingChunk: Sendable {
    let context: BillingContext
    let customers: [CustomerID]

    /// Bills all due terms of the customers that no other worker holds.
    func bill(in tx: Transaction) async throws -> ChunkOutcome {
        let claims = try await DueRow.claim(customers, under: context, in: tx)
        var outcome = ChunkOutcome(unclaimed: customers.count)
        var batch = InvoiceBatch(
            Issuance(
                tenant: context.scope.tenant, calendar: context.basis.calendar, seller: context.seller,
                recordedAt: context.recordedAt))
        var terms = TermColumns()
        var advances = AdvanceColumns()
        var followed = FollowedRows()
        let lines = try await LineCounts(of: claims, in: tx)
        for claim in claims {
            outcome.unclaimed -= 1
            var account = CustomerBill(claim, lines: lines, context.basis)
            repeat {
                let plan = account.plan()
                for invoice in plan.invoices {
                    let id = InvoiceID.new()
                    outcome.add(invoice, id: id)
                    if context.isDryRun { continue }
                    batch.add(account.document(for: invoice, id: id))
                    terms.append(invoice, id: id, rows: account.rows)
                }
                account.advance(by: plan)
            } while context.isDryRun && account.isUnfinished
            outcome.leavesTerms = outcome.leavesTerms || account.isUnfinished
            outcome.failures += account.failures
            if !context.isDryRun {
                advances.append(account.moved)
                followed.append(account.moved)
            }
        }
        if !context.isDryRun {
            try await QuarantinedItem.insert(outcome.failures, under: context, in: tx)
        }
        if batch.count > 0 {
            // The invoices take the numbers, and take them last: workers of one tenant queue there until
            // commit.
            let tenant = context.scope.tenant
            try await Price.markInUse(followed.prices.sorted(), in: tx)
            var statements =
                [advances.update] + followed.insertions(tenant: tenant)
                + [batch.lines, terms.insertion(tenant: tenant)]
            if let postings = batch.postings { statements.append(postings) }
            statements += [batch.events, batch.invoices]
            try advances.requireAll(try await tx.pipeline(statements)[0])
        }
        return outcome
    }
}

/// What one chunk did.
struct ChunkOutcome: Sendable {
    var totals: [Currency: CurrencyTotals] = [:]
    var failures: [FailedItem] = []
    /// Customers with nothing due, or held by another worker: which of the two, the next pass shows.
    var unclaimed: Int
    /// Whether due terms are left that were too many for one transaction.
    var leavesTerms = false
    /// Of one transaction; not kept of several.
    private(set) var invoices: [InvoiceID] = []

    init(unclaimed: Int = 0) {
        self.unclaimed = unclaimed
    }

    /// One of the invoices, to ask after when the answer to a commit was lost.
    var witness: InvoiceID? { invoices.first }
    var billedNothing: Bool { totals.isEmpty }
    /// Everything that was found due is billed or refused.
    var isComplete: Bool { unclaimed == 0 && !leavesTerms }

    mutating func add(_ invoice: PlannedInvoice, id: InvoiceID) {
        invoices.append(id)
        totals[invoice.currency, default: CurrencyTotals()] += CurrencyTotals(
            invoices: 1, lines: invoice.lines.count, net: invoice.netMinor, tax: invoice.taxMinor,
            gross: invoice.grossMinor)
    }

    mutating func merge(_ other: ChunkOutcome) {
        for (currency, more) in other.totals { totals[currency, default: CurrencyTotals()] += more }
        failures += other.failures
        unclaimed += other.unclaimed
        leavesTerms = leavesTerms || other.leavesTerms
    }
}
