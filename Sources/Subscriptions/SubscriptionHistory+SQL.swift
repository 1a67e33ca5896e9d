import BillingMath
import Catalog
import Foundation
import Kernel
import Platform
import Postgres
import Tax
import Tenancy

extension SubscriptionHistory {
    /// What a change of the subscription needs to know: its items, and the lines that billed them for days
    /// behind `day`, the earliest that a change can reach. The caller holds the customer, or only looks; with
    /// `isKept` the changes of prices that it follows stay until the transaction ends.
    static func read(
        _ subscription: Subscription, from day: Day, _ settings: TenantSettings, isKept: Bool,
        in tx: Transaction
    ) async throws -> SubscriptionHistory {
        let answers = try await tx.pipeline([
            BilledCustomer.selection(of: [subscription.customer]), schedules(of: subscription.id),
            lines(of: subscription.id, from: day), SubscriptionDiscount.all(of: subscription.id),
            FollowedPrices.selection(isHeld: isKept), TaxExemption.selection(of: [subscription.customer]),
        ])
        let customers = try await BilledCustomer.all(in: answers[0], settings, tx)
        guard var customer = customers[subscription.customer] else { throw Problem.notFound }
        customer.certificates = try TaxExemption.certificates(in: answers[5])[customer.id] ?? []
        var lines: [SubscriptionItemID: [BilledLine]] = [:]
        for row in answers[2] { try lines.add(row) }
        var items: [ItemHistory] = []
        for row in answers[1] {
            let id: SubscriptionItemID = try row["id"]
            let sold = try SoldSchedule(row: row)
            if items.last?.id == id {
                items[items.count - 1].schedules.append(sold)
            } else {
                let removed: Day? = try row["removed_on"]
                items.append(
                    ItemHistory(
                        id: id, isQuarantined: try row["is_quarantined"], removedOn: removed,
                        schedules: [sold], billed: lines[id] ?? []))
            }
        }
        return SubscriptionHistory(
            subscription: subscription, items: items, customer: customer,
            discounts: try SubscriptionDiscount.grouped(answers[3]),
            followed: try FollowedPrices(rows: answers[4]))
    }

    private static func schedules(of id: SubscriptionID) -> SQL {
        """
        SELECT i.id, i.removed_on,
            EXISTS (
                SELECT FROM quarantined_items AS q WHERE q.tenant_id = i.tenant_id AND q.item_id = i.id
            ) AS is_quarantined, d.schedule_no, d.price_id, p.product_id, d.quantity_micros, d.anchor,
            d.interval_unit, d.interval_count, d.starts_on, d.ends_on, d.in_arrears,
            \(Subscription.lastsUntil) AS lasts_until, d.first_term, d.next_term,
            d.charges_set_up, d.follows_price, p.interval_unit IS NULL AS paid_once, p.currency,
            p.amount_minor, p.setup_fee_minor, p.pricing, p.billed, t.name AS product_name, t.tax_class,
            t.family_id,
            CASE WHEN d.has_gaps THEN ARRAY(
                SELECT b.term_no FROM billed_terms AS b
                WHERE b.item_id = d.item_id AND b.schedule_no = d.schedule_no AND b.term_no > d.next_term
                    AND b.kind = 'recurring' AND b.released_by = \(BilledTerm.notReleased)
            ) END AS billed_ahead
        FROM subscriptions AS s
        JOIN subscription_items AS i ON i.tenant_id = s.tenant_id AND i.subscription_id = s.id
        JOIN item_schedules AS d ON d.tenant_id = i.tenant_id AND d.item_id = i.id
        JOIN prices AS p ON p.tenant_id = d.tenant_id AND p.id = d.price_id
        JOIN products AS t ON t.tenant_id = p.tenant_id AND t.id = p.product_id
        WHERE s.id = \(id)
        ORDER BY i.id, d.schedule_no
        """
    }

    /// A row for each credit of a line, and one for a line without any.
    private static func lines(of id: SubscriptionID, from day: Day) -> SQL {
        """
        SELECT b.item_id, b.schedule_no, b.term_no, b.starts_on, b.ends_on, b.invoice_id, b.line_no,
            l.description, l.net_minor, c.starts_on AS credit_starts_on, c.ends_on AS credit_ends_on,
            COALESCE(n.net_minor, 0) AS credit_minor
        FROM subscription_items AS i
        JOIN billed_terms AS b ON b.tenant_id = i.tenant_id AND b.item_id = i.id
        JOIN invoice_lines AS l
            ON l.tenant_id = b.tenant_id AND l.invoice_id = b.invoice_id AND l.line_no = b.line_no
        LEFT JOIN credited_terms AS c
            ON c.tenant_id = b.tenant_id AND c.item_id = b.item_id AND c.schedule_no = b.schedule_no
                AND c.term_no = b.term_no AND c.invoice_id = b.invoice_id
        LEFT JOIN credit_note_lines AS n
            ON n.tenant_id = c.tenant_id AND n.credit_note_id = c.credit_note_id
                AND n.line_no = c.credit_note_line_no
        WHERE i.subscription_id = \(id) AND b.kind = 'recurring' AND b.ends_on > \(day)
            AND b.released_by = \(BilledTerm.notReleased)
        ORDER BY b.item_id, b.schedule_no, b.term_no, c.starts_on
        """
    }
}

extension SoldSchedule {
    fileprivate init(row: Row) throws {
        let ahead: [Int32]? = try row["billed_ahead"]
        schedule = try ItemSchedule(row: row)
        billedAhead = Set((ahead ?? []).map(Int.init))
        offer = Offer(
            price: schedule.price, product: schedule.product, family: try row["family_id"],
            productName: try row["product_name"], taxClass: try row["tax_class"],
            unit: try UnitPrice(row: row),
            interval: schedule.isPaidOnce ? nil : schedule.terms.interval, billed: try row["billed"])
    }
}

extension UnitPrice {
    /// From the columns of a price.
    fileprivate init(row: Row) throws {
        let currency: Currency = try row["currency"]
        let stored: JSONText? = try row["pricing"]
        let pricing = try stored?.decode(PriceTerms.self).pricing(in: currency)
        if let pricing, pricing.pricing == nil { throw BillingFault.unreadablePrice }
        self.init(
            currency: currency, recurringMinor: try row["amount_minor"],
            setUpMinor: try row["setup_fee_minor"], pricing: pricing?.pricing)
    }
}

extension [SubscriptionItemID: [BilledLine]] {
    /// Rows of one line follow each other.
    fileprivate mutating func add(_ row: Row) throws {
        let item: SubscriptionItemID = try row["item_id"]
        var lines = self[item] ?? []
        let invoice: InvoiceID = try row["invoice_id"]
        let number: Int = try row["line_no"]
        if lines.last.map({ $0.invoice != invoice || $0.line != number }) ?? true {
            guard let span = DaySpan(try row["starts_on"], try row["ends_on"]) else { return }
            lines.append(
                BilledLine(
                    schedule: try row["schedule_no"], term: try row["term_no"], span: span, invoice: invoice,
                    line: number, description: try row["description"], netMinor: try row["net_minor"],
                    credits: []))
        }
        if let start: Day = try row["credit_starts_on"], let end: Day = try row["credit_ends_on"],
            let span = DaySpan(start, end)
        {
            let credit = BillingRepair.Credit(span, amountMinor: try row["credit_minor"])
            lines[lines.count - 1].credits.append(credit)
        }
        self[item] = lines
    }
}

extension Offer {
    /// What some prices sell to a customer; a price that is no longer sold, or for others, is no offer.
    static func find(
        _ prices: [PriceID], for customer: CustomerID, in tx: Transaction
    ) async throws -> [PriceID: Offer] {
        let offers = try await tx.all(
            """
            SELECT p.id, p.product_id, t.family_id, t.name AS product_name, t.tax_class, p.currency,
                p.amount_minor,
                p.setup_fee_minor, p.pricing, p.billed, p.interval_unit, p.interval_count
            FROM prices AS p
            JOIN products AS t ON t.tenant_id = p.tenant_id AND t.id = p.product_id
            WHERE p.id = ANY(\(prices.map(\.uuid))) AND p.state = 'current'
                AND \(PriceAudience.includes(customer))
            """
        ) { row in
            let unit: Interval.Unit? = try row["interval_unit"]
            let interval = try unit.flatMap { Interval(try row["interval_count"], $0) }
            if unit != nil, interval == nil { throw BillingFault.unreadableSchedule }
            return Offer(
                price: try row["id"], product: try row["product_id"], family: try row["family_id"],
                productName: try row["product_name"], taxClass: try row["tax_class"],
                unit: try UnitPrice(row: row), interval: interval, billed: try row["billed"])
        }
        return Dictionary(uniqueKeysWithValues: offers.map { ($0.price, $0) })
    }
}
