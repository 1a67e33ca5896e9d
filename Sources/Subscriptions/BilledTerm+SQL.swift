import BillingMath
import Customers
import Foundation
import Kernel
import Postgres

/// A term that was billed: a row that can exist only once while it is not released.
enum BilledTerm {
    /// What `released_by` holds until a void puts the credit note's id there; a key cannot hold NULL.
    static let notReleased = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}

/// The columns of `billed_terms` that one transaction writes.
struct TermColumns: Sendable {
    private var item: [UUID] = []
    private var schedule: [Int32] = []
    private var term: [Int32] = []
    private var kind: [String] = []
    private var customer: [UUID] = []
    private var startsOn: [Day] = []
    private var endsOn: [Day] = []
    private var invoice: [UUID] = []
    private var line: [Int32] = []

    mutating func append(_ planned: PlannedInvoice, id: InvoiceID, rows: [DueRow]) {
        for (place, billed) in planned.lines.enumerated() {
            let row = rows[billed.item]
            item.append(row.itemID.uuid)
            schedule.append(row.scheduleNumber)
            term.append(Int32(billed.term.number))
            kind.append(billed.charge.kind.rawValue)
            customer.append(row.customer.id.uuid)
            startsOn.append(billed.term.start)
            endsOn.append(billed.term.end)
            invoice.append(id.uuid)
            line.append(Int32(place + 1))
        }
    }

    func insertion(tenant: TenantID) -> SQL {
        """
        INSERT INTO billed_terms (tenant_id, item_id, schedule_no, term_no, kind, customer_id, starts_on,
            ends_on, invoice_id, line_no)
        SELECT \(tenant), item_id, schedule_no, term_no, kind, customer_id, starts_on, ends_on, invoice_id,
            line_no
        FROM unnest(\(item), \(schedule), \(term), \(kind), \(customer), \(startsOn), \(endsOn),
            \(invoice), \(line))
            AS t (item_id, schedule_no, term_no, kind, customer_id, starts_on, ends_on, invoice_id, line_no)
        """
    }
}

/// Where schedules stand before and after a transaction.
struct AdvanceColumns: Sendable {
    private var item: [UUID] = []
    private var schedule: [Int32] = []
    private var formerTerm: [Int32] = []
    private var nextTerm: [Int32] = []
    private var nextDueOn: [Day?] = []
    private var hasGaps: [Bool] = []
    /// NULL: it ends when it did.
    private var endsOn: [Day?] = []

    var count: Int { item.count }

    mutating func append(_ moved: [(row: DueRow, item: DueItem)]) {
        for (row, standing) in moved where row.followed == nil {
            item.append(row.itemID.uuid)
            schedule.append(row.scheduleNumber)
            formerTerm.append(Int32(row.item.nextTerm))
            nextTerm.append(Int32(standing.nextTerm))
            nextDueOn.append(standing.nextDueOn)
            hasGaps.append(!standing.billedAhead.isEmpty)
            endsOn.append(row.endsOn)
        }
    }

    /// Moves the schedules that stand where they were read, and returns a row for each. A suspension or a
    /// cancellation that came in between has changed its schedule, which is then missing: see `requireAll`.
    ///
    /// Rows are looked up by key and then taken by their place, because the planner, which does not know how
    /// many schedules the tenant has, would now and then compare all of them with all of these.
    var update: SQL {
        """
        UPDATE item_schedules AS d
        SET next_term = a.next_term, next_due_on = a.next_due_on, has_gaps = a.has_gaps,
            ends_on = COALESCE(a.ends_on, d.ends_on)
        FROM (
            SELECT a.former_term, a.next_term, a.next_due_on, a.has_gaps, a.ends_on, found.place
            FROM unnest(\(item), \(schedule), \(formerTerm), \(nextTerm), \(nextDueOn), \(hasGaps),
                \(endsOn))
                AS a (item_id, schedule_no, former_term, next_term, next_due_on, has_gaps, ends_on)
            CROSS JOIN LATERAL (
                SELECT s.ctid FROM item_schedules AS s
                WHERE s.item_id = a.item_id AND s.schedule_no = a.schedule_no
                OFFSET 0
            ) AS found (place)
            OFFSET 0
        ) AS a
        WHERE d.ctid = a.place AND d.next_term = a.former_term AND d.is_billable AND d.next_due_on IS NOT NULL
        RETURNING d.schedule_no
        """
    }

    /// Throws what has the transaction repeated when not all schedules were moved.
    func requireAll(_ moved: Rows) throws {
        if moved.count != count { throw PostgresError.serializationFailure }
    }
}

extension BilledTerm {
    /// Makes room for the reissue of a voided invoice's terms: its schedules stand at the earliest of them
    /// again.
    static func release(_ invoice: InvoiceID, by creditNote: UUID, in tx: Transaction) async throws {
        try await Customer.hold(theOneOf: "SELECT customer_id FROM invoices WHERE id = \(invoice)", in: tx)
        try await tx.run(
            """
            WITH released AS (
                UPDATE billed_terms
                SET released_by = \(creditNote)
                WHERE invoice_id = \(invoice) AND released_by = \(notReleased)
                RETURNING item_id, schedule_no, term_no, starts_on, ends_on
            ), earliest AS (
                SELECT DISTINCT ON (item_id, schedule_no) item_id, schedule_no, term_no, starts_on, ends_on
                FROM released
                ORDER BY item_id, schedule_no, term_no
            )
            UPDATE item_schedules AS d
            SET next_term = e.term_no, has_gaps = true,
                next_due_on = CASE
                    WHEN \(Subscription.lastsUntil) <= e.starts_on OR d.ends_on <= e.starts_on THEN NULL
                    WHEN d.in_arrears THEN LEAST(e.ends_on, d.ends_on)
                    ELSE e.starts_on END
            FROM earliest AS e, subscriptions AS s
            WHERE d.item_id = e.item_id AND d.schedule_no = e.schedule_no
                AND s.tenant_id = d.tenant_id AND s.id = d.subscription_id AND e.term_no < d.next_term
            """)
    }
}
