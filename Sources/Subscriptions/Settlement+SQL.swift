import BillingMath
import Catalog
import Foundation
import Invoicing
import Kernel
import Postgres

extension Settlement {
    /// Writes what the move has made of the items, and the documents that it gives rise to. The caller holds
    /// the customer and has written the subscription. The last statements before commit, because they take
    /// numbers.
    func write(
        from before: SubscriptionHistory, _ notes: CreditNoteBatch, _ issuance: Issuance, in tx: Transaction
    )
        async throws
    {
        let tenant = issuance.tenant
        var statements = itemStatements(from: before, tenant: tenant, at: issuance.recordedAt)
        var batch = InvoiceBatch(issuance)
        var terms = TermColumns()
        for bill in bills {
            batch.add(bill.document)
            terms.append(bill.invoice, id: bill.document.id, rows: bill.rows)
        }
        if batch.count > 0 {
            statements += [batch.lines, terms.insertion(tenant: tenant)]
            if let postings = batch.postings { statements.append(postings) }
            statements.append(batch.events)
        }
        if notes.count > 0 { statements += notes.statements }
        if !credits.isEmpty { statements.append(creditInsertion(tenant: tenant)) }
        if batch.count > 0 { statements.append(batch.invoices) }
        guard !statements.isEmpty else { return }
        try await Price.markInUse(history.newlyFollowed.sorted(), in: tx)
        try await refusing(InvoicingProblem.byConstraint) { _ = try await tx.pipeline(statements) }
    }

    private func itemStatements(
        from before: SubscriptionHistory, tenant: TenantID, at now: Instant
    ) -> [SQL] {
        let subscription = history.subscription
        var statements: [SQL] = []
        let new = history.items.filter(\.isNew)
        if !new.isEmpty {
            statements.append(
                """
                INSERT INTO subscription_items (tenant_id, id, subscription_id, customer_id, recorded_at)
                SELECT \(tenant), id, \(subscription.id), \(subscription.customer), \(now)
                FROM unnest(\(new.map(\.id.uuid))) AS i (id)
                """)
        }
        for item in history.items {
            let removedOn = before.items.first { $0.id == item.id }?.removedOn
            if item.removedOn != removedOn {
                statements.append(
                    "UPDATE subscription_items SET removed_on = \(item.removedOn) WHERE id = \(item.id)")
            }
        }
        var opened = ScheduleColumns()
        var moved = MovedColumns()
        var isAnyOpened = false
        for item in history.items {
            for sold in item.schedules {
                if sold.isNew {
                    opened.append(sold.schedule, of: ScheduleOwner(item.id, in: subscription))
                    isAnyOpened = true
                } else {
                    moved.append(sold, of: item.id)
                }
            }
        }
        statements.append(moved.update)
        if isAnyOpened { statements.append(opened.insertion(tenant: tenant)) }
        return statements
    }

    private func creditInsertion(tenant: TenantID) -> SQL {
        """
        INSERT INTO credited_terms (tenant_id, item_id, schedule_no, term_no, starts_on, ends_on, customer_id,
            invoice_id, line_no, credit_note_id, credit_note_line_no)
        SELECT \(tenant), item_id, schedule_no, term_no, starts_on, ends_on, \(history.customer.id),
            invoice_id, line_no, credit_note_id, credit_note_line_no
        FROM unnest(\(credits.map(\.item.uuid)), \(credits.map { Int32($0.line.schedule) }),
            \(credits.map { Int32($0.line.term) }), \(credits.map(\.credit.span.start)),
            \(credits.map(\.credit.span.end)), \(credits.map(\.line.invoice.uuid)),
            \(credits.map { Int32($0.line.line) }), \(credits.map { $0.place?.note.uuid }),
            \(credits.map { $0.place.map { Int32($0.line) } }))
            AS c (item_id, schedule_no, term_no, starts_on, ends_on, invoice_id, line_no, credit_note_id,
                credit_note_line_no)
        """
    }
}

/// Where the schedules that were there before stand now.
private struct MovedColumns {
    private var item: [UUID] = []
    private var number: [Int32] = []
    private var endsOn: [Day?] = []
    private var nextTerm: [Int32] = []
    private var nextDueOn: [Day?] = []
    private var hasGaps: [Bool] = []

    mutating func append(_ sold: SoldSchedule, of id: SubscriptionItemID) {
        item.append(id.uuid)
        number.append(Int32(sold.schedule.number))
        endsOn.append(sold.schedule.span.endsOn)
        nextTerm.append(Int32(sold.schedule.nextTerm))
        nextDueOn.append(sold.schedule.nextDueOn)
        hasGaps.append(!sold.billedAhead.isEmpty)
    }

    var update: SQL {
        """
        UPDATE item_schedules AS d
        SET ends_on = m.ends_on, next_term = m.next_term, next_due_on = m.next_due_on, has_gaps = m.has_gaps
        FROM unnest(\(item), \(number), \(endsOn), \(nextTerm), \(nextDueOn), \(hasGaps))
            AS m (item_id, schedule_no, ends_on, next_term, next_due_on, has_gaps)
        WHERE d.item_id = m.item_id AND d.schedule_no = m.schedule_no
            AND (d.ends_on, d.next_term, d.next_due_on, d.has_gaps)
                IS DISTINCT FROM (m.ends_on, m.next_term, m.next_due_on, m.has_gaps)
        """
    }
}
