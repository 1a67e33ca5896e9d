package import Automation
import BillingMath
import Catalog
import Customers
package import Foundation
package import Invoicing
package import Kernel
package import Logging
package import Platform
package import Postgres
package import Tax
package import Tenancy
package import Web

/// The front door of subscriptions, and the verbs on them. Each is one transaction; what follows for the next
/// bill is written with it.
package struct Subscriptions: Sendable {
    package let billing: Billing
    package let runs: BillingRuns
    package let quarantine: Quarantine
    let database: Database
    let tenants: Tenants
    private let clock: RealClock

    package init(
        database: Database, tenants: Tenants, taxBooks: TaxBooks, clock: RealClock, logger: Logger
    ) {
        self.database = database
        self.tenants = tenants
        self.clock = clock
        billing = Billing(
            database: database, tenants: tenants, taxBooks: taxBooks, clock: clock, logger: logger)
        runs = BillingRuns(database: database, billing: billing, clock: clock)
        quarantine = Quarantine(database: database, tenants: tenants, billing: billing)
    }

    package var endpoints: [Endpoint] {
        subscriptionEndpoints + changeEndpoints + renewalEndpoints + discountEndpoints + policyEndpoints
            + runEndpoints
            + quarantineEndpoints
    }

    package var jobs: [JobDefinition] {
        [runs.job]
    }

    /// What the daily automation does of it.
    package var automationSteps: [AutomationStep] {
        [runs.automationStep]
    }

    /// Where billed terms do not tile the time line of their items.
    package func audit(in tx: Transaction) async throws -> [AuditFinding] {
        try await SubscriptionsAudit.findings(in: tx)
    }

    /// For Invoicing, which calls it when an invoice is voided: its terms can be billed again.
    package static func release(_ invoice: InvoiceID, by creditNote: UUID, in tx: Transaction) async throws {
        try await BilledTerm.release(invoice, by: creditNote, in: tx)
    }

    /// For Invoicing, which calls it when an invoice takes the place of another: what that billed is billed
    /// by the new one.
    package static func transfer(_ replaced: ReplacedInvoice, in tx: Transaction) async throws {
        try await BilledTerm.transfer(replaced, in: tx)
    }

    /// What a customer orders.
    struct Order: Sendable {
        let customer: CustomerID
        let reference: Code?
        let items: [(price: PriceID, quantity: Quantity)]
        /// Today unless told.
        let startedOn: Day?
        let trialUntil: Day?
        /// As the customer's policies say unless told.
        let alignment: Cycle.Alignment?
        let coupons: [Code]
        let renewal: RenewalMode
        let minimumTerms: Int?
    }

    func list(
        _ filter: SubscriptionFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<SubscriptionWithItems> {
        try await database.read(scope) { tx in
            let subscriptions = try await Subscription.list(filter, page, in: tx)
            let items = try await SubscriptionItem.of(subscriptions.items.map(\.id), in: tx)
            let bySubscription = Dictionary(grouping: items, by: \.subscription)
            let today = try await tenants.calendar(in: tx).today
            return subscriptions.map {
                SubscriptionWithItems(subscription: $0, items: bySubscription[$0.id] ?? [], today: today)
            }
        }
    }

    func read(_ id: SubscriptionID, _ scope: TenantScope) async throws -> SubscriptionWithItems {
        try await database.read(scope) { tx in
            guard let subscription = try await Subscription.find(id, in: tx) else { throw Problem.notFound }
            return try await withItems(subscription, today: tenants.calendar(in: tx).today, in: tx)
        }
    }

    /// Starts a subscription. Its first term is billed by the next run on or after the day the term starts.
    func create(_ order: Order, in change: Change) async throws -> SubscriptionWithItems {
        let calendar = try await tenants.calendar(in: change.tx)
        let today = calendar.today
        let prices = try await usablePrices(of: order, in: change.tx)
        let start = order.startedOn ?? today
        if let trialUntil = order.trialUntil, trialUntil < start {
            throw Problem.invalid.with(errors: [
                FieldError("/trial_until", "must not be before started_on")
            ])
        }
        var subscription = Subscription(
            id: .new(), customer: order.customer, reference: order.reference,
            state: State.atStart(start, trialUntil: order.trialUntil, today: today),
            suspensionReason: nil,
            currency: prices[0].currency, startedOn: start, trialUntil: order.trialUntil, cancelOn: nil,
            version: 1, recordedAt: change.now)
        let terms = try await terms(
            of: prices, for: order, from: subscription.anchor, calendar, in: change.tx)
        let anchor = subscription.anchor
        let renewed = terms.compactMap { $0 }
        if order.renewal == .manual {
            if renewed.isEmpty {
                let rule = "must be automatic: all of it is paid once"
                throw Problem.invalid.with(errors: [FieldError("/renewal", rule)])
            }
            subscription.renewal = .manual
            subscription.renewedUntil = renewed.end(ofFirst: order.minimumTerms ?? 1, from: anchor)
        }
        subscription.minimumUntil = order.minimumTerms.flatMap { renewed.end(ofFirst: $0, from: anchor) }
        let items = zip(zip(order.items, prices), terms).map { sold, terms in
            SubscriptionItem(
                of: subscription, sold.1, quantity: sold.0.quantity, terms: terms)
        }
        let whole = SubscriptionWithItems(subscription: subscription, items: items, today: today)
        try await insert([whole], in: change.tx)
        try await StockDemand(order, prices).take(in: change.tx, at: change.now)
        if !order.coupons.isEmpty {
            let history = try await SubscriptionHistory.read(
                subscription, from: today, calendar.settings, isKept: true, in: change.tx)
            try await redeem(order.coupons, on: today, for: history, in: change)
        }
        return whole
    }

    /// Writes subscriptions that are already known to be right: the importer's, or one of `create`'s.
    package func insert(_ subscriptions: [SubscriptionWithItems], in tx: Transaction) async throws {
        try await Subscription.insert(subscriptions, in: tx)
        let prices = Set(subscriptions.flatMap { $0.items.flatMap { $0.schedules.map(\.price) } })
        try await Price.markInUse(prices.sorted(), in: tx)
        try await Event.record(
            subscriptions.map { SubscriptionsEvents.created($0.subscription) }, in: tx, at: clock.now())
    }

    /// The terms of each item, all of which begin with the subscription's first; nil of what is paid once.
    private func terms(
        of prices: [Price], for order: Order, from day: Day, _ calendar: TenantCalendar, in tx: Transaction
    ) async throws -> [Schedule?] {
        guard let customer = try await Customer.find(order.customer, in: tx) else {
            throw SubscriptionsProblem.unknownCustomer
        }
        let policies = try await customer.cascade(under: calendar.settings, in: tx)
        return try prices.map { price in
            guard let interval = price.interval else { return nil }
            guard let alignment = order.alignment else { return policies.terms(interval, from: day) }
            guard let cycle = Cycle(start: day, interval: interval, alignment: alignment) else {
                throw Problem.invalid.with(errors: [
                    FieldError("/alignment", "cannot be kept by terms of \(interval)")
                ])
            }
            return cycle.schedule
        }
    }

    private func usablePrices(of order: Order, in tx: Transaction) async throws -> [Price] {
        var prices: [Price] = []
        var errors: [FieldError] = []
        let found = try await Price.find(order.items.map(\.price), in: tx)
        let group = try await Customer.find(order.customer, in: tx)?.group
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for (index, item) in order.items.enumerated() {
            let pointer = "/items/\(index)/price_id"
            guard let price = byID[item.price] else {
                errors.append(FieldError(pointer, "is not a price of your catalogue"))
                continue
            }
            if !price.audience.includes(order.customer, of: group) {
                errors.append(FieldError(pointer, "is for other customers"))
            }
            if price.state != .current { errors.append(FieldError(pointer, "is no longer sold")) }
            if let first = prices.first, first.currency != price.currency {
                errors.append(FieldError(pointer, "must be in \(first.currency), like the first item"))
            }
            prices.append(price)
        }
        if !errors.isEmpty { throw SubscriptionsProblem.unusablePrice.with(errors: errors) }
        return prices
    }

    private typealias State = Subscription.State
}

extension Subscriptions {
    func withItems(
        _ subscription: Subscription, today: Day, in tx: Transaction
    ) async throws -> SubscriptionWithItems {
        SubscriptionWithItems(
            subscription: subscription, items: try await SubscriptionItem.of([subscription.id], in: tx),
            today: today)
    }
}

/// A subscription with its items.
package struct SubscriptionWithItems: Sendable {
    package let subscription: Subscription
    package let items: [SubscriptionItem]
    /// Of the tenant: what is sold today is told apart from what was and what will be.
    package let today: Day

    package init(subscription: Subscription, items: [SubscriptionItem], today: Day) {
        self.subscription = subscription
        self.items = items
        self.today = today
    }
}

extension Subscription.State {
    /// Where a subscription stands on the day it is made.
    package static func atStart(_ start: Day, trialUntil: Day?, today: Day) -> Self {
        if start > today { return .pending }
        return trialUntil.map { $0 > today } ?? false ? .trial : .active
    }
}

extension Permission {
    static let subscriptionsRead = Permission("subscriptions", .read, reach: .customers)
    static let subscriptionsWrite = Permission("subscriptions", .write)
    static let billingRead = Permission("billing", .read)
    static let billingWrite = Permission("billing", .write)
}
