import BillingMath
import Customers
import Foundation
import Kernel
import Platform
package import Postgres
import Tenancy

extension QuarantinedItem {
    private static let columns: SQL =
        """
        q.id, q.item_id, q.subscription_id, s.reference, q.customer_id, q.reason, q.detail, q.inputs,
            q.quarantined_on, q.quarantined_at, q.attempts
        """

    private static let source: SQL =
        """
        quarantined_items AS q
        JOIN subscriptions AS s ON s.tenant_id = q.tenant_id AND s.id = q.subscription_id
        """

    init(row: Row) throws {
        id = try row["id"]
        item = try row["item_id"]
        subscription = try row["subscription_id"]
        reference = try row["reference"]
        customer = try row["customer_id"]
        reason = try row["reason"]
        detail = try row["detail"]
        inputs = try (row["inputs"] as JSONText).decode()
        quarantinedOn = try row["quarantined_on"]
        quarantinedAt = try row["quarantined_at"]
        attempts = try row["attempts"]
    }

    static func find(_ id: QuarantinedItemID, in tx: Transaction) async throws -> QuarantinedItem? {
        try await tx.first(
            "SELECT \(columns) FROM \(source) WHERE q.id = \(id)", QuarantinedItem.init(row:))
    }

    /// Holds the customer, whom a billing run may hold, until the transaction ends; who else releases the
    /// item meanwhile has been waited for.
    static func lock(_ id: QuarantinedItemID, in tx: Transaction) async throws -> QuarantinedItem? {
        try await Customer.hold(
            theOneOf: "SELECT customer_id FROM quarantined_items WHERE id = \(id)", in: tx)
        return try await find(id, in: tx)
    }

    static func holds(_ item: SubscriptionItemID, in tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT id FROM quarantined_items WHERE item_id = \(item)") { _ in true } ?? false
    }

    /// How many items the tenant has in quarantine.
    package static func count(in tx: Transaction) async throws -> Int {
        try await tx.first("SELECT count(*) AS number FROM quarantined_items") { try $0["number"] } ?? 0
    }

    /// The newest first.
    static func list(
        _ filter: QuarantineFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<QuarantinedItem> {
        var condition: SQL = page.cursor.flatMap(QuarantinedItemID.init).map { "q.id < \($0)" } ?? "TRUE"
        if let customer = filter.customer { condition = "\(condition) AND q.customer_id = \(customer)" }
        if let reason = filter.reason { condition = "\(condition) AND q.reason = \(reason)" }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM \(source)
            WHERE \(condition)
            ORDER BY q.id DESC
            LIMIT \(page.limit + 1)
            """, QuarantinedItem.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// Triggers make its schedules billable, if the subscription is active.
    static func delete(_ id: QuarantinedItemID, in tx: Transaction) async throws {
        try await tx.run("DELETE FROM quarantined_items WHERE id = \(id)")
    }

    /// It could not be billed once more, for this reason.
    static func putBack(
        _ quarantined: QuarantinedItem, _ failed: FailedItem, under context: BillingContext,
        in tx: Transaction
    ) async throws -> QuarantinedItem {
        let given = try await Given.of([quarantined.item], under: context, in: tx)
        let inputs = given[quarantined.item]?.inputs ?? quarantined.inputs
        try await tx.run(
            """
            UPDATE quarantined_items
            SET reason = \(failed.failure.reason), detail = \(failed.detail),
                inputs = \(JSONText(encoding: inputs)), attempts = attempts + 1
            WHERE id = \(quarantined.id)
            """)
        guard let standing = try await find(quarantined.id, in: tx) else { throw Problem.notFound }
        return standing
    }

    /// Brings items there whose customers the transaction holds, and tells others. Those that are not to be
    /// billed any more are left out: another run was faster. Triggers make their schedules not billable.
    static func insert(
        _ failed: [FailedItem], under context: BillingContext, in tx: Transaction
    ) async throws {
        if failed.isEmpty { return }
        var given = try await Given.of(failed.map(\.item), under: context, in: tx)
        var events: [Event] = []
        var items: [QuarantinedItem] = []
        for failed in failed {
            // Once, however many of its schedules failed.
            guard let found = given.removeValue(forKey: failed.item), found.isBillable else { continue }
            let item = QuarantinedItem(failed, given: found.inputs, under: context)
            items.append(item)
            events.append(try SubscriptionsEvents.quarantined(item, version: found.subscriptionVersion))
        }
        if items.isEmpty { return }
        let insertion: SQL = """
            INSERT INTO quarantined_items (tenant_id, id, item_id, customer_id, subscription_id, reason,
                detail, inputs, quarantined_on, quarantined_at, attempts)
            SELECT \(tx.scope.tenant), id, item_id, customer_id, subscription_id, reason, detail, inputs,
                \(context.calendar.today), \(context.recordedAt), 1
            FROM unnest(\(items.map(\.id.uuid)), \(items.map(\.item.uuid)), \(items.map(\.customer.uuid)),
                \(items.map(\.subscription.uuid)), \(items.map(\.reason)), \(items.map(\.detail)),
                \(try items.map { try JSONText(encoding: $0.inputs) }))
                AS q (id, item_id, customer_id, subscription_id, reason, detail, inputs)
            """
        _ = try await tx.pipeline([
            insertion,
            Event.insertion(of: events, tenant: tx.scope.tenant, trace: tx.trace, at: context.recordedAt),
        ])
    }

    private init(_ failed: FailedItem, given inputs: BillingInputs, under context: BillingContext) {
        id = .new()
        item = failed.item
        subscription = failed.failure.subscription
        reference = failed.failure.reference.flatMap { Code($0) }
        customer = failed.failure.customer
        reason = failed.failure.reason
        detail = failed.detail
        self.inputs = inputs
        quarantinedOn = context.calendar.today
        quarantinedAt = context.recordedAt
        attempts = 1
    }
}

/// What is stored of a due item, read for the quarantine alone: it must also read what no planner can.
private struct Given {
    let inputs: BillingInputs
    let isBillable: Bool
    let subscriptionVersion: Int

    static func of(
        _ items: [SubscriptionItemID], under context: BillingContext, in tx: Transaction
    ) async throws -> [SubscriptionItemID: Given] {
        let company = Int32(context.window.daysBeforeDue)
        let rows = try await tx.pipeline([
            DueRow.steadyPlans,
            """
            SELECT d.item_id, d.is_billable, s.version, d.schedule_no, d.anchor, d.interval_unit,
                d.interval_count, d.next_term, d.next_due_on, \(Subscription.lastsUntil) AS cancel_on,
                d.quantity_micros, d.price_id, p.billed,
                p.currency, p.amount_minor, p.setup_fee_minor,
                COALESCE(d.invoice_days_before_due, \(company)) AS days_before_due,
                ARRAY(
                    SELECT b.term_no FROM billed_terms AS b
                    WHERE b.item_id = d.item_id AND b.schedule_no = d.schedule_no AND b.term_no > d.next_term
                        AND b.kind = 'recurring' AND b.released_by = \(BilledTerm.notReleased)
                    ORDER BY b.term_no
                ) AS billed_ahead
            FROM item_schedules AS d
            JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
            JOIN prices AS p ON p.tenant_id = d.tenant_id AND p.id = d.price_id
            WHERE d.item_id = ANY(\(items.map(\.uuid))) AND \(context.window.covers)
            ORDER BY d.item_id, d.schedule_no
            """,
        ])[1]
        var schedules: [SubscriptionItemID: [ScheduleInputs]] = [:]
        var given: [SubscriptionItemID: Given] = [:]
        for row in rows {
            let item: SubscriptionItemID = try row["item_id"]
            schedules[item, default: []].append(try ScheduleInputs(row: row))
            given[item] = Given(
                inputs: BillingInputs(
                    asOf: context.window.asOf, issuedOn: context.calendar.today,
                    schedules: schedules[item] ?? []),
                isBillable: try row["is_billable"], subscriptionVersion: try row["version"])
        }
        return given
    }
}

extension ScheduleInputs {
    fileprivate init(row: Row) throws {
        let currency: Currency = try row["currency"]
        self.init(
            scheduleNumber: try row["schedule_no"], anchor: try row["anchor"],
            interval: StoredInterval(unit: try row["interval_unit"], count: try row["interval_count"]),
            nextTerm: try row["next_term"], nextDueOn: try row["next_due_on"],
            billedAhead: (try row["billed_ahead"] as [Int32]).map(Int.init), cancelOn: try row["cancel_on"],
            invoiceDaysBeforeDue: try row["days_before_due"],
            billed: try row["billed"], quantity: try row["quantity_micros"],
            priceId: try row["price_id"], unitPrice: Money(try row["amount_minor"], currency),
            setupFee: Money(try row["setup_fee_minor"], currency))
    }
}
