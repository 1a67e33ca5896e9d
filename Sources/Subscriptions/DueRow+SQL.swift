import BillingMath
import Foundation
import Invoicing
import Kernel
import Postgres

extension DueRow {
    /// Takes the customers that no other worker holds and returns their due schedules, a group for each
    /// customer.
    ///
    /// The customer's lock makes one worker write all of a customer's invoices, so that terms of one day come
    /// to stand on one. The schedules are locked too: if another worker billed them between this statement's
    /// snapshot and the lock, PostgreSQL looks at the row again and drops it.
    static func claim(_ customers: [CustomerID], through day: Day, in tx: Transaction) async throws
        -> [[DueRow]]
    {
        let rows = try await tx.pipeline([
            steadyPlans,
            """
            WITH claimed AS MATERIALIZED (
                SELECT id, country, tax_exempt, \(Buyer.snapshot) AS buyer
                FROM customers
                WHERE id = ANY(\(customers.map(\.uuid)))
                FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT c.id, c.country, c.tax_exempt, c.buyer, d.item_id, d.schedule_no, d.subscription_id,
                s.reference, s.cancel_on, d.anchor, d.interval_unit, d.interval_count, d.next_term,
                CASE WHEN d.has_gaps THEN ARRAY(
                    SELECT b.term_no FROM billed_terms AS b
                    WHERE b.item_id = d.item_id AND b.schedule_no = d.schedule_no AND b.term_no > d.next_term
                        AND b.kind = 'recurring' AND b.released_by = \(BilledTerm.notReleased)
                ) END AS billed_ahead,
                i.quantity_micros, p.id AS price_id, p.currency, p.amount_minor, p.setup_fee_minor, t.name
            FROM claimed AS c
            JOIN item_schedules AS d ON d.customer_id = c.id AND d.is_billable AND d.next_due_on <= \(day)
            CROSS JOIN LATERAL (
                SELECT * FROM subscription_items AS i
                WHERE i.tenant_id = d.tenant_id AND i.id = d.item_id OFFSET 0
            ) AS i
            CROSS JOIN LATERAL (
                SELECT * FROM subscriptions AS s
                WHERE s.tenant_id = d.tenant_id AND s.id = d.subscription_id OFFSET 0
            ) AS s
            CROSS JOIN LATERAL (
                SELECT * FROM prices AS p WHERE p.tenant_id = d.tenant_id AND p.id = d.price_id OFFSET 0
            ) AS p
            CROSS JOIN LATERAL (
                SELECT * FROM products AS t WHERE t.tenant_id = d.tenant_id AND t.id = i.product_id OFFSET 0
            ) AS t
            ORDER BY c.id, d.item_id, d.schedule_no
            FOR NO KEY UPDATE OF d
            """,
        ])[1]
        var groups: [[DueRow]] = []
        for row in rows {
            let due = try DueRow(row: row)
            if groups.last?.first?.customer == due.customer {
                groups[groups.count - 1].append(due)
            } else {
                groups.append([due])
            }
        }
        return groups
    }

    /// A run reads and writes by keys only. Without statistics, as after an import, the planner would rather
    /// read whole tables for each chunk, or take a tenant for one row and multiply its tables; against that
    /// the claim's joins are lateral, and OFFSET 0 keeps the planner from dissolving them.
    private static let steadyPlans: SQL =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true)
        """

    private enum Column: Int, ColumnKey {
        case customer, country, isTaxExempt, buyer, item, schedule, subscription, reference, cancelOn, anchor,
            unit,
            count, nextTerm, billedAhead, quantity, price, currency, amount, setupFee, productName

        /// By place: names cost more than values where a run reads a hundred thousand rows.
        func index(in row: Row) -> Int? { rawValue }
    }

    private init(row: Row) throws {
        customer = try row[Column.customer]
        country = try row[Column.country]
        isTaxExempt = try row[Column.isTaxExempt]
        buyer = try row[Column.buyer]
        itemID = try row[Column.item]
        scheduleNumber = try row[Column.schedule]
        subscription = try row[Column.subscription]
        reference = try row[Column.reference]
        productName = try row[Column.productName]
        price = try row[Column.price]
        let unit: Interval.Unit = try row[Column.unit]
        guard let interval = Interval(try row[Column.count], unit) else {
            throw BillingFault.unreadableSchedule
        }
        let billedAhead: [Int32]? = try row[Column.billedAhead]
        item = DueItem(
            schedule: Schedule(anchor: try row[Column.anchor], interval: interval),
            nextTerm: try row[Column.nextTerm],
            billedAhead: Set((billedAhead ?? []).map(Int.init)), cancelOn: try row[Column.cancelOn],
            quantity: try row[Column.quantity],
            price: UnitPrice(
                currency: try row[Column.currency], recurringMinor: try row[Column.amount],
                setUpMinor: try row[Column.setupFee]))
    }
}
