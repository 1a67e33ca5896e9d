import BillingMath
import Catalog
import Customers
import Kernel
import Postgres
import Subscriptions

/// subscriptions.csv
struct SubscriptionRows: RowKind {
    struct Parsed: Sendable {
        let reference: Code
        let customer: Code
        let product: Code
        let currency: Currency
        let quantity: Quantity
        let days: SubscriptionDays
        let state: Subscription.State
    }

    static let name = "subscriptions"
    static let columns = [
        "ref", "customer_ref", "product_code", "currency", "interval_unit", "interval_count", "quantity",
        "started_on", "trial_until", "billed_until", "state", "cancel_on",
    ]
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { \.subscriptions }

    let subscriptions: Subscriptions
    let today: Day
    let clock: RealClock

    func parse(_ cells: Cells) throws(CellRefusal) -> Parsed {
        Parsed(
            reference: try cells.text("ref"), customer: try cells.text("customer_ref"),
            product: try cells.text("product_code"), currency: try cells.currency("currency"),
            quantity: try cells.quantity("quantity"), days: try SubscriptionDays(cells),
            state: try SubscriptionRows.state(cells))
    }

    func key(of row: Parsed) -> String { row.reference.text }

    func write(_ rows: [Parsed], in tx: Transaction) async throws -> [CellRefusal?] {
        let customers = try await ids(of: rows.map(\.customer), in: tx)
        let sold = try await SoldPrices.read(rows.map(\.product), in: tx)
        let taken = try await Subscription.taken(rows.map(\.reference), in: tx)
        var refusals: [CellRefusal?] = []
        var good: [SubscriptionWithItems] = []
        for row in rows {
            do throws(CellRefusal) {
                if taken.contains(row.reference) {
                    throw CellRefusal("ref", "belongs to a subscription that was not imported from this file")
                }
                guard let customer = customers[row.customer] else {
                    throw CellRefusal("customer_ref", "is not the reference of a customer")
                }
                guard sold.products[row.product] != nil else {
                    throw CellRefusal("product_code", "is not the code of a product")
                }
                guard let price = sold.price(row.product, row.currency, row.days.terms.interval) else {
                    throw CellRefusal(
                        "currency",
                        "\(row.currency) has no price for this product every \(row.days.terms.interval)")
                }
                good.append(whole(row, customer, price))
                refusals.append(nil)
            } catch {
                refusals.append(error)
            }
        }
        if !good.isEmpty { try await subscriptions.insert(good, in: tx) }
        return refusals
    }

    private func ids(of references: [Code], in tx: Transaction) async throws -> [Code: CustomerID] {
        let customers = try await Customer.find(references: references, in: tx)
        return Dictionary(
            uniqueKeysWithValues: customers.compactMap { customer in
                customer.reference.map { ($0, customer.id) }
            })
    }

    private func whole(_ row: Parsed, _ customer: CustomerID, _ price: Price) -> SubscriptionWithItems {
        let subscription = Subscription(
            imported: row.reference, of: customer, state: row.state, currency: row.currency, days: row.days,
            recordedAt: clock.now())
        return SubscriptionWithItems(
            subscription: subscription,
            items: [
                SubscriptionItem(
                    of: subscription, price, quantity: row.quantity, terms: row.days.terms,
                    billedTerms: row.days.firstTerm)
            ],
            today: today)
    }

    /// A former system has no orders that are still to come: those wait as trials or as active.
    private static func state(_ cells: Cells) throws(CellRefusal) -> Subscription.State {
        let state: Subscription.State? = Subscription.State(rawValue: cells.record["state"])
        guard let state, state != .pending else {
            throw CellRefusal("state", "must be one of trial, active, suspended, cancelled")
        }
        return state
    }
}

extension SubscriptionDays {
    /// From the cells started_on, trial_until, billed_until, cancel_on and the interval.
    init(_ cells: Cells) throws(CellRefusal) {
        let interval = try cells.interval("interval_unit", "interval_count")
        let startedOn = try cells.day("started_on")
        let trialUntil = try cells.optionalDay("trial_until")
        if let trialUntil, trialUntil < startedOn {
            throw CellRefusal("trial_until", "must not be before started_on")
        }
        let terms = Schedule(anchor: trialUntil ?? startedOn, interval: interval)
        var firstTerm = 0
        if let billedUntil = try cells.optionalDay("billed_until") {
            guard let number = terms.number(startingOn: billedUntil) else {
                throw CellRefusal(
                    "billed_until",
                    "must be the start of a term, counted from \(terms.anchor) every \(interval)")
            }
            firstTerm = number
        }
        self.init(
            startedOn: startedOn, trialUntil: trialUntil, cancelOn: try cells.optionalDay("cancel_on"),
            terms: terms,
            firstTerm: firstTerm)
    }
}
