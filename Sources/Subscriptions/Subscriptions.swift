package import Automation
import BillingMath
import Catalog
package import Foundation
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
        database: Database, tenants: Tenants, taxRates: TaxRates, clock: RealClock, logger: Logger
    ) {
        self.database = database
        self.tenants = tenants
        self.clock = clock
        billing = Billing(
            database: database, tenants: tenants, taxRates: taxRates, clock: clock, logger: logger)
        runs = BillingRuns(database: database, billing: billing, clock: clock)
        quarantine = Quarantine(database: database, tenants: tenants, billing: billing)
    }

    package var endpoints: [Endpoint] {
        subscriptionEndpoints + policyEndpoints + runEndpoints + quarantineEndpoints
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

    /// What a customer orders.
    struct Order: Sendable {
        let customer: CustomerID
        let reference: Code?
        let items: [(price: PriceID, quantity: Quantity)]
        /// Today unless told.
        let startedOn: Day?
        let trialUntil: Day?
    }

    func list(
        _ filter: SubscriptionFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<SubscriptionWithItems> {
        try await database.read(scope) { tx in
            let subscriptions = try await Subscription.list(filter, page, in: tx)
            let items = try await SubscriptionItem.of(subscriptions.items.map(\.id), in: tx)
            let bySubscription = Dictionary(grouping: items, by: \.subscription)
            return subscriptions.map {
                SubscriptionWithItems(subscription: $0, items: bySubscription[$0.id] ?? [])
            }
        }
    }

    func read(_ id: SubscriptionID, _ scope: TenantScope) async throws -> SubscriptionWithItems {
        try await database.read(scope) { tx in
            guard let subscription = try await Subscription.find(id, in: tx) else { throw Problem.notFound }
            return try await withItems(subscription, in: tx)
        }
    }

    /// Starts a subscription. Its first term is billed by the next run on or after the day the term starts.
    func create(_ order: Order, in change: Change) async throws -> SubscriptionWithItems {
        let today = try await tenants.calendar(in: change.tx).today
        let prices = try await usablePrices(of: order, in: change.tx)
        let start = order.startedOn ?? today
        if let trialUntil = order.trialUntil, trialUntil < start {
            throw Problem.invalid.with(errors: [
                FieldError("/trial_until", "must not be before started_on")
            ])
        }
        let subscription = Subscription(
            id: .new(), customer: order.customer, reference: order.reference,
            state: State.atStart(start, trialUntil: order.trialUntil, today: today),
            suspensionReason: nil,
            currency: prices[0].currency, startedOn: start, trialUntil: order.trialUntil, cancelOn: nil,
            version: 1, recordedAt: change.now)
        let items = zip(order.items, prices).map { ordered, price in
            SubscriptionItem(
                subscription: subscription, product: price.product, price: price.id,
                quantity: ordered.quantity, interval: price.interval, firstTerm: 0)
        }
        let whole = SubscriptionWithItems(subscription: subscription, items: items.compactMap(\.self))
        try await insert([whole], in: change.tx)
        return whole
    }

    /// Writes subscriptions that are already known to be right: the importer's, or one of `create`'s.
    package func insert(_ subscriptions: [SubscriptionWithItems], in tx: Transaction) async throws {
        try await Subscription.insert(subscriptions, in: tx)
        let prices = Set(subscriptions.flatMap { $0.items.map(\.schedule.price) })
        try await Price.markInUse(prices.sorted(), in: tx)
        try await Event.record(
            subscriptions.map { SubscriptionsEvents.created($0.subscription) }, in: tx, at: clock.now())
    }

    private func usablePrices(of order: Order, in tx: Transaction) async throws -> [Price] {
        var prices: [Price] = []
        var errors: [FieldError] = []
        let found = try await Price.find(order.items.map(\.price), in: tx)
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for (index, item) in order.items.enumerated() {
            let pointer = "/items/\(index)/price_id"
            guard let price = byID[item.price] else {
                errors.append(FieldError(pointer, "is not a price of your catalogue"))
                continue
            }
            if price.state != .current { errors.append(FieldError(pointer, "is no longer sold")) }
            if price.interval == nil {
                errors.append(FieldError(pointer, "is paid once and cannot be renewed"))
            }
            if let first = prices.first, first.currency != price.currency {
                errors.append(FieldError(pointer, "must be in \(first.currency), like the first item"))
            }
            prices.append(price)
        }
        if !errors.isEmpty { throw SubscriptionsProblem.unusablePrice.with(errors: errors) }
        return prices
    }

    private func withItems(_ subscription: Subscription, in tx: Transaction) async throws
        -> SubscriptionWithItems
    {
        SubscriptionWithItems(
            subscription: subscription, items: try await SubscriptionItem.of([subscription.id], in: tx))
    }

    private typealias State = Subscription.State
}

extension Subscriptions {
    /// Stops billing and service until `resume`.
    func suspend(
        _ id: SubscriptionID, for reason: Subscription.SuspensionReason, in change: Change
    ) async throws -> Changed<SubscriptionWithItems> {
        try await move(id, .suspend, in: change) { subscription, _, _ in
            subscription.state = .suspended
            subscription.suspensionReason = reason
        }
    }

    func resume(_ id: SubscriptionID, in change: Change) async throws -> Changed<SubscriptionWithItems> {
        try await move(id, .resume, in: change) { subscription, _, _ in
            subscription.state = .active
            subscription.suspensionReason = nil
        }
    }

    /// Ends the subscription today. What was billed stays billed.
    func cancelNow(_ id: SubscriptionID, in change: Change) async throws -> Changed<SubscriptionWithItems> {
        try await move(id, .cancel, in: change) { subscription, _, today in
            subscription.state = .cancelled
            subscription.suspensionReason = nil
            subscription.cancelOn = min(subscription.cancelOn ?? today, today)
        }
    }

    /// Ends the subscription when its last running term does; until then the other items renew.
    func cancelAtTermEnd(
        _ id: SubscriptionID, in change: Change
    ) async throws -> Changed<SubscriptionWithItems> {
        try await move(id, .cancel, in: change) { subscription, items, today in
            subscription.cancelOn =
                items.compactMap { $0.schedule.endOfTerm(runningOn: today) }.max() ?? today
        }
    }

    private func move(
        _ id: SubscriptionID, _ action: Subscription.Action, in change: Change,
        _ apply: (inout Subscription, [SubscriptionItem], Day) -> Void
    ) async throws -> Changed<SubscriptionWithItems> {
        let tx = change.tx
        let found = try await change.subject(Subscription.lock(id, in: tx))
        try found.require(action)
        let before = try await withItems(found, in: tx)
        var subscription = found
        apply(&subscription, before.items, try await tenants.calendar(in: tx).today)
        let updated = try await subscription.update(in: tx)
        let event =
            updated.state == found.state
            ? SubscriptionsEvents.cancellationScheduled(updated)
            : SubscriptionsEvents.moved(id, to: updated.state, version: updated.version)
        try await Event.record([event], in: tx, at: change.now)
        return Changed(from: before, to: try await withItems(updated, in: tx))
    }
}

/// A subscription with its items.
package struct SubscriptionWithItems: Sendable {
    package let subscription: Subscription
    package let items: [SubscriptionItem]

    package init(subscription: Subscription, items: [SubscriptionItem]) {
        self.subscription = subscription
        self.items = items
    }
}

extension Subscription.State {
    /// Where a subscription stands on the day it is made.
    package static func atStart(_ start: Day, trialUntil: Day?, today: Day) -> Self {
        if start > today { return .pending }
        return trialUntil.map { $0 > today } ?? false ? .trial : .active
    }
}

extension SubscriptionItem {
    /// An item as it begins; nil for a price that is paid once.
    package init?(
        subscription: Subscription, product: ProductID, price: PriceID, quantity: Quantity,
        interval: Interval?,
        firstTerm: Int
    ) {
        guard let interval else { return nil }
        id = .new()
        self.subscription = subscription.id
        self.product = product
        self.quantity = quantity
        schedule = ItemSchedule(
            price: price, terms: Schedule(anchor: subscription.anchor, interval: interval),
            firstTerm: firstTerm,
            cancelOn: subscription.cancelOn)
    }
}

extension Permission {
    static let subscriptionsRead = Permission("subscriptions", .read, reach: .customers)
    static let subscriptionsWrite = Permission("subscriptions", .write)
    static let billingRead = Permission("billing", .read)
    static let billingWrite = Permission("billing", .write)
}
