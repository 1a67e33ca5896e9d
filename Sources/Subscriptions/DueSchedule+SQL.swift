import Foundation
import Kernel
import Postgres

/// A due schedule as the feed of a run sees it: whose it is, and where it stands in the order.
struct DueSchedule: Sendable {
    struct Position: Sendable {
        let customer: CustomerID
        /// The first day on which a run bills it, counted from the run's: 0 or less.
        let days: Int32
        let item: SubscriptionItemID
        let number: Int32
    }

    let position: Position

    var customer: CustomerID { position.customer }

    private init(row: Row) throws {
        position = Position(
            customer: try row[0], days: try row[1], item: try row[2], number: try row[3])
    }

    /// In the order in which they became due. Those by the company's number of days are found by their due
    /// day, those by a number of their own by the day that follows from it: each kind has its index, and each
    /// is read no further than the page.
    static func byDay(
        after last: Position?, in window: DueWindow, _ tx: Transaction
    ) async throws -> [DueSchedule] {
        let ahead = Int32(window.daysBeforeDue)
        func behind(_ day: SQL, _ ahead: Int32) -> SQL {
            last.map {
                """
                (\(day), item_id, schedule_no)
                    > (\(window.asOf) + \(ahead + $0.days), \($0.item), \($0.number))
                """
            } ?? "TRUE"
        }
        return try await tx.all(
            """
            (
                SELECT customer_id, next_due_on - (\(window.asOf) + \(ahead)) AS days, item_id, schedule_no
                FROM item_schedules
                WHERE is_billable AND invoice_days_before_due IS NULL
                    AND next_due_on <= \(window.asOf) + \(ahead) AND \(behind("next_due_on", ahead))
                ORDER BY next_due_on, item_id, schedule_no
                LIMIT \(BillingRun.pageSize)
            )
            UNION ALL (
                SELECT customer_id, invoice_on - \(window.asOf), item_id, schedule_no
                FROM item_schedules
                WHERE is_billable AND invoice_on <= \(window.asOf) AND \(behind("invoice_on", 0))
                ORDER BY invoice_on, item_id, schedule_no
                LIMIT \(BillingRun.pageSize)
            )
            ORDER BY days, item_id, schedule_no
            LIMIT \(BillingRun.pageSize)
            """, DueSchedule.init(row:))
    }

    static func byCustomer(
        after last: Position?, in window: DueWindow, _ tx: Transaction
    ) async throws -> [DueSchedule] {
        let behind: SQL = last.map { "(i.customer_id, i.id) > (\($0.customer), \($0.item))" } ?? "TRUE"
        return try await tx.all(
            """
            SELECT i.customer_id, 0, d.item_id, d.schedule_no
            FROM subscription_items AS i
            CROSS JOIN LATERAL (
                SELECT * FROM item_schedules AS d
                WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id AND \(window.isBilled)
                    AND \(window.covers)
                OFFSET 0
            ) AS d
            WHERE \(behind)
            ORDER BY i.customer_id, i.id
            LIMIT \(BillingRun.pageSize)
            """, DueSchedule.init(row:))
    }

    /// Subscriptions with a due term that are suspended, and do not end with the run: a dry run ends none.
    static func countSkipped(in window: DueWindow, _ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            SELECT count(DISTINCT s.id) AS skipped
            FROM subscriptions AS s
            JOIN subscription_items AS i ON i.tenant_id = s.tenant_id AND i.subscription_id = s.id
            JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
            WHERE s.state = 'suspended' AND NOT d.is_billable AND \(window.covers)
                AND (s.cancel_on IS NULL OR s.cancel_on > \(window.today) OR \(Subscription.isOwed))
            """
        ) { try $0["skipped"] } ?? 0
    }

    static func exists(_ invoice: InvoiceID, in tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT id FROM invoices WHERE id = \(invoice)") { _ in true } ?? false
    }

    /// The due items of a customer whose rows the database refused.
    static func failures(
        of customer: CustomerID, in window: DueWindow, _ tx: Transaction
    ) async throws -> [BillingFailure] {
        try await tx.all(
            """
            SELECT d.subscription_id, s.reference, d.item_id
            FROM subscription_items AS i
            JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
            JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
            WHERE i.customer_id = \(customer) AND d.is_billable AND \(window.covers)
            """
        ) { row in
            BillingFailure(
                subscription: try row["subscription_id"], reference: try row["reference"],
                item: try row["item_id"],
                customer: customer, reason: .refused)
        }
    }
}

extension DueWindow {
    /// Whether schedule `d` is billed at all.
    var isBilled: SQL {
        guard let begunOn else { return "d.is_billable" }
        return """
            (d.is_billable OR EXISTS (
                SELECT FROM subscriptions AS o
                WHERE o.tenant_id = d.tenant_id AND o.id = d.subscription_id
                    AND (o.state = 'trial' OR (o.state = 'pending' AND o.started_on <= \(begunOn)))
                    AND COALESCE(o.trial_until <= \(begunOn), true)))
            """
    }

    /// Whether schedule `d` is due, for those that are looked up by key: no index helps it.
    var covers: SQL {
        "d.next_due_on <= \(asOf) + COALESCE(d.invoice_days_before_due, \(Int32(daysBeforeDue)))"
    }
}
