import BillingMath
import Catalog
import Customers
import Foundation
import Invoicing
import Kernel
import Platform
import Postgres
import Tax
import Tenancy

extension DueRow {
    /// Takes the customers that no other worker holds and returns their due schedules, a claim for each
    /// customer of whom something is due.
    ///
    /// The customer's lock makes one worker write all of a customer's invoices, so that terms of one day come
    /// to stand on one. The schedules are read by a second statement, which sees what was committed before
    /// the lock was had; what changes them in between is found by `AdvanceColumns`.
    static func claim(
        _ customers: [CustomerID], under context: BillingContext, in tx: Transaction
    ) async throws -> [DueClaim] {
        let locked = try await tx.pipeline([
            steadyPlans,
            "\(BilledCustomer.selection(of: customers)) FOR NO KEY UPDATE SKIP LOCKED",
        ])[1]
        // Nobody changes a group's policies while its customers are held.
        var held = try await BilledCustomer.all(in: locked, context.basis.calendar.settings, tx)
        if held.isEmpty { return [] }
        var models = PriceModels()
        var claims: [DueClaim] = []
        let customers = Array(held.keys)
        let answers = try await tx.pipeline([
            due(of: customers, in: context.window), DueDiscounts.selection(of: customers, in: context.window),
            FollowedPrices.selection(isHeld: !context.isDryRun), TaxExemption.selection(of: customers),
        ])
        for (customer, certificates) in try TaxExemption.certificates(in: answers[3]) {
            held[customer]?.certificates = certificates
        }
        let discounts = try DueDiscounts(rows: answers[1])
        for row in answers[0] {
            guard let customer = held[try row[Column.customer]] else { continue }
            if claims.last?.customer.id != customer.id { claims.append(DueClaim(customer: customer)) }
            do {
                claims[claims.count - 1].rows.append(
                    try DueRow(row: row, of: customer, less: discounts, in: context.window, &models))
            } catch BillingFault.unreadableSchedule {
                claims[claims.count - 1].unreadable.append(
                    FailedItem(
                        unreadable: BillingFailure(
                            subscription: try row[Column.subscription],
                            reference: try row[Column.reference], item: try row[Column.item],
                            customer: customer.id, reason: .unreadableSchedule)))
            }
        }
        return try await follow(FollowedPrices(rows: answers[2]), in: claims, tx)
    }

    /// The claims with the rows that prices cut in two.
    private static func follow(
        _ prices: FollowedPrices, in claims: [DueClaim], _ tx: Transaction
    ) async throws -> [DueClaim] {
        var claims = claims
        for index in claims.indices { try claims[index].follow(prices) }
        let items = claims.flatMap { $0.rows.filter { $0.followed != nil }.map(\.itemID) }
        if items.isEmpty { return claims }
        let last = try await tx.all(
            """
            SELECT item_id, max(schedule_no) AS last FROM item_schedules
            WHERE item_id = ANY(\(Set(items).map(\.uuid)))
            GROUP BY item_id
            """
        ) { (try $0["item_id"] as SubscriptionItemID, try $0["last"] as Int32) }
        for index in claims.indices {
            claims[index].number(behind: Dictionary(uniqueKeysWithValues: last))
        }
        return claims
    }

    private static func due(of customers: [CustomerID], in window: DueWindow) -> SQL {
        """
        SELECT i.customer_id, d.item_id, d.schedule_no, d.subscription_id, s.reference,
            \(Subscription.lastsUntil) AS lasts_until, d.anchor, d.interval_unit, d.interval_count,
            d.starts_on, d.ends_on, d.in_arrears, d.next_term,
            CASE WHEN d.charges_set_up THEN d.first_term END AS set_up_term,
            CASE WHEN d.has_gaps THEN ARRAY(
                SELECT b.term_no FROM billed_terms AS b
                WHERE b.item_id = d.item_id AND b.schedule_no = d.schedule_no AND b.term_no > d.next_term
                    AND b.kind = 'recurring' AND b.released_by = \(BilledTerm.notReleased)
            ) END AS billed_ahead,
            d.quantity_micros, p.id AS price_id, p.currency, p.amount_minor, p.setup_fee_minor, p.pricing,
            p.interval_unit IS NULL AS paid_once, t.name, t.tax_class,
            s.policies
        FROM subscription_items AS i
        CROSS JOIN LATERAL (
            SELECT * FROM item_schedules AS d
            WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id AND \(window.isBilled) AND \(window.covers)
            OFFSET 0
        ) AS d
        CROSS JOIN LATERAL (
            SELECT * FROM subscriptions AS s
            WHERE s.tenant_id = d.tenant_id AND s.id = d.subscription_id OFFSET 0
        ) AS s
        CROSS JOIN LATERAL (
            SELECT * FROM prices AS p WHERE p.tenant_id = d.tenant_id AND p.id = d.price_id OFFSET 0
        ) AS p
        CROSS JOIN LATERAL (
            SELECT * FROM products AS t WHERE t.tenant_id = d.tenant_id AND t.id = p.product_id OFFSET 0
        ) AS t
        WHERE i.customer_id = ANY(\(customers.map(\.uuid)))
        ORDER BY i.customer_id, d.item_id, d.schedule_no
        """
    }

    /// A run reads and writes by keys only. Without statistics, as after an import, the planner would rather
    /// read whole tables for each chunk, or take a tenant for one row and multiply its tables; against that
    /// the joins are lateral, and OFFSET 0 keeps the planner from dissolving them.
    static let steadyPlans: SQL =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true)
        """

    private enum Column: Int, ColumnKey {
        case customer, item, schedule, subscription, reference, cancelOn, anchor, unit, count, startsOn,
            endsOn, inArrears, nextTerm, setUpTerm, billedAhead, quantity, price, currency, amount, setupFee,
            pricing,
            paidOnce, productName, taxClass, policies

        /// By place: names cost more than values where a run reads a hundred thousand rows.
        func index(in row: Row) -> Int? { rawValue }
    }

    private init(
        row: Row, of customer: BilledCustomer, less discounts: DueDiscounts, in window: DueWindow,
        _ models: inout PriceModels
    ) throws {
        policies = customer.policies.with(
            subscription: try PolicySettings(stored: row[Column.policies]))
        self.customer = customer
        itemID = try row[Column.item]
        scheduleNumber = try row[Column.schedule]
        subscription = try row[Column.subscription]
        reference = try row[Column.reference]
        productName = try row[Column.productName]
        price = try row[Column.price]
        guard let unit = Interval.Unit(rawValue: try row[Column.unit]),
            let interval = Interval(try row[Column.count], unit)
        else {
            throw BillingFault.unreadableSchedule
        }
        let billedAhead: [Int32]? = try row[Column.billedAhead]
        item = DueItem(
            span: ScheduleSpan(
                Schedule(anchor: try row[Column.anchor], interval: interval), from: try row[Column.startsOn],
                to: try row[Column.endsOn], cancelOn: try row[Column.cancelOn],
                inArrears: try row[Column.inArrears]),
            nextTerm: try row[Column.nextTerm], billedAhead: Set((billedAhead ?? []).map(Int.init)),
            quantity: try row[Column.quantity],
            price: UnitPrice(
                currency: try row[Column.currency], recurringMinor: try row[Column.amount],
                setUpMinor: try row[Column.setupFee],
                pricing: try models.pricing(
                    of: price, row[Column.pricing], in: try row[Column.currency])),
            setUpTerm: try row[Column.setUpTerm], proration: Proration(by: policies),
            discounts: discounts.of(itemID, scheduleNumber), throughDay: window.throughDay(by: policies),
            isPaidOnce: try row[Column.paidOnce], taxClass: try row[Column.taxClass])
    }
}

/// Models of prices that were read: thousands of items may have few.
struct PriceModels {
    private var byPrice: [PriceID: Pricing] = [:]

    /// Nil for a price without a model. Throws `BillingFault` for one that is no price.
    mutating func pricing(of id: PriceID, _ stored: JSONText?, in currency: Currency) throws -> Pricing? {
        guard let stored else { return nil }
        if let known = byPrice[id] { return known }
        guard let pricing = try stored.decode(PriceTerms.self).pricing(in: currency).pricing else {
            throw BillingFault.unreadablePrice
        }
        byPrice[id] = pricing
        return pricing
    }
}

extension Proration {
    init(by policies: PolicyCascade) {
        self.init(
            unit: policies.value(Policies.prorationUnit), changeDay: policies.value(Policies.changeDay),
            rounding: policies.value(Policies.prorationRounding))
    }
}

extension BilledCustomer {
    /// What `all` reads; a lock may follow.
    static func selection(of customers: [CustomerID]) -> SQL {
        """
        SELECT id, country, tax_exempt, \(Buyer.snapshot) AS buyer, customer_group_id, policies, region,
            company_name IS NOT NULL AS is_company, tax_id
        FROM customers
        WHERE id = ANY(\(customers.map(\.uuid)))
        """
    }

    static func all(
        in rows: Rows, _ settings: TenantSettings, _ tx: Transaction
    ) async throws -> [CustomerID: BilledCustomer] {
        let groups = Array(Set(try rows.compactMap { try $0[4] as CustomerGroupID? }))
        let decisions = try await CustomerGroup.policies(of: groups, in: tx)
        var customers: [CustomerID: BilledCustomer] = [:]
        for row in rows {
            let customer = try BilledCustomer(row: row, decisions, settings)
            customers[customer.id] = customer
        }
        return customers
    }

    private init(
        row: Row, _ groups: [CustomerGroupID: PolicySettings], _ settings: TenantSettings
    ) throws {
        let group: CustomerGroupID? = try row[4]
        policies = PolicyCascade(
            tenant: settings.policies, customerGroup: group.flatMap { groups[$0] } ?? .none,
            customer: try PolicySettings(stored: row[5]))
        id = try row[0]
        country = try row[1]
        isTaxExempt = try row[2]
        buyer = try row[3]
        region = try row[6]
        isBusiness = TaxBuyer.isBusiness(isCompany: try row[7], taxID: try row[8], in: country)
    }
}
