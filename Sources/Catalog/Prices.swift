package import BillingMath
package import Kernel
import Platform
package import Postgres
import Web

/// The verbs on prices.
package struct Prices: Sendable {
    private let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
    }

    func read(_ id: PriceID, _ scope: TenantScope) async throws -> Price {
        try await database.read(scope) { tx in
            guard let price = try await Price.find(id, in: tx) else { throw Problem.notFound }
            return price
        }
    }

    func list(_ filter: PriceFilter, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<Price> {
        try await database.read(scope) { tx in try await Price.list(filter, page, in: tx) }
    }

    /// What a customer is sold a product at, or everybody. Nothing for a customer that there is not.
    func offered(
        to customer: CustomerID?, of product: ProductID, _ scope: TenantScope
    ) async throws -> [Price] {
        try await database.read(scope) { tx in
            guard try await Product.find(product, in: tx) != nil else { throw Problem.notFound }
            guard let customer else { return try await Price.current(of: [product], in: tx) }
            return try await Price.offered(to: customer, of: product, in: tx)
        }
    }

    /// Adds a price to an active product, and looks at it once the product is found. Throws `notFound`,
    /// `wrongState`, `priceExists`.
    func add(
        _ draft: @autoclosure () throws -> PriceDraft, to id: ProductID, in tx: Transaction
    ) async throws -> Price {
        guard let product = try await Product.find(id, in: tx) else { throw Problem.notFound }
        try product.require(.addPrice)
        return try await add([(id, try draft())], in: tx)[0]
    }

    /// Adds many prices at once, to products that are known to be there. Throws `priceExists`.
    @discardableResult
    package func add(_ drafts: [(product: ProductID, price: PriceDraft)], in tx: Transaction) async throws
        -> [Price]
    {
        let latest = try await Price.versions(of: Array(Set(drafts.map(\.product))), in: tx)
        return try await insert(
            drafts.map { product, draft in
                draft.version((latest[draft.key(of: product)] ?? 0) + 1, of: product)
            }, in: tx)
    }

    /// Changes what a price asks: in place while nothing was sold at it, else by a new version.
    func change(
        _ id: PriceID, to draft: PriceChange, in change: Change
    ) async throws -> Changed<Price> {
        let tx = change.tx
        let price = try await change.subject(Price.lock(id, in: tx))
        try price.require(.update)
        try await requireSteady(id, in: tx)
        let next = try draft.applied(to: price)
        if price.isInUse {
            try await price.close(as: .replaced, in: tx)
            let successor = next.version(price.priceVersion + 1, of: price.product)
            return Changed(from: price, to: try await insert([successor], in: tx)[0])
        }
        try await price.change(to: next, in: tx)
        return Changed(from: price, to: try await changed(id, in: tx))
    }

    /// Takes a price out of sale. Subscriptions that use it keep it.
    func archive(_ id: PriceID, in change: Change) async throws -> Changed<Price> {
        let price = try await change.subject(Price.lock(id, in: change.tx))
        try price.require(.archive)
        try await requireSteady(id, in: change.tx)
        try await price.close(as: .archived, in: change.tx)
        return Changed(from: price, to: try await changed(id, in: change.tx))
    }

    /// Throws `priceChangeScheduled`: what is to take its place was made of it as it is.
    private func requireSteady(_ id: PriceID, in tx: Transaction) async throws {
        if try await ScheduledPriceChange.isScheduled(for: id, in: tx) {
            throw CatalogProblem.priceChangeScheduled
        }
    }

    private func insert(_ prices: [Price], in tx: Transaction) async throws -> [Price] {
        let now = clock.now()
        try await Price.insert(prices, in: tx, at: now)
        try await Event.record(prices.map(CatalogEvents.created), in: tx, at: now)
        try await CatalogNews.tell(in: tx)
        return prices
    }

    private func changed(_ id: PriceID, in tx: Transaction) async throws -> Price {
        guard let price = try await Price.find(id, in: tx) else { throw Problem.notFound }
        try await Event.record([CatalogEvents.updated(price)], in: tx, at: clock.now())
        try await CatalogNews.tell(in: tx)
        return price
    }
}

/// What a new price is made of.
package struct PriceDraft: Sendable, Hashable {
    package let currency: Currency
    package let interval: Interval?
    package let amountMinor: Int64
    package let pricing: PriceTerms?
    package let setupFeeMinor: Int64
    package var audience = PriceAudience.everybody
    package var billed = BillingTiming.inAdvance

    /// By a model: its amount is what one unit costs. Refused with `unusablePricing` about each field that
    /// is wrong.
    init(
        pricing terms: PriceTerms, in currency: Currency, every interval: Interval?, setupFeeMinor: Int64
    ) throws {
        let (pricing, errors) = terms.pricing(in: currency)
        var refused = errors.map { FieldError("/pricing" + $0.pointer, $0.message) }
        if terms.model == .percentage {
            refused = [
                FieldError("/pricing/model", "must not be percentage: a product is no part of an amount")
            ]
        }
        if setupFeeMinor < 0 { refused.append(FieldError("/setup_fee/amount", "must not be negative")) }
        guard refused.isEmpty, let pricing, let quote = try? pricing.quote(.one),
            let amountMinor = quote.totalMinor, amountMinor >= 0
        else {
            let unpriced = [
                FieldError("/pricing", "must give an amount that is not negative and fits into 64 bits")
            ]
            throw CatalogProblem.unusablePricing.with(errors: refused.isEmpty ? unpriced : refused)
        }
        self.currency = currency
        self.interval = interval
        self.amountMinor = amountMinor
        self.pricing = terms
        self.setupFeeMinor = setupFeeMinor
    }

    /// Amounts must not be negative: refused with `invalid`.
    package init(currency: Currency, interval: Interval?, amountMinor: Int64, setupFeeMinor: Int64) throws {
        var errors: [FieldError] = []
        if amountMinor < 0 { errors.append(FieldError("/amount/amount", "must not be negative")) }
        if setupFeeMinor < 0 { errors.append(FieldError("/setup_fee/amount", "must not be negative")) }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        self.currency = currency
        self.interval = interval
        self.amountMinor = amountMinor
        pricing = nil
        self.setupFeeMinor = setupFeeMinor
    }

    init(copying price: Price) {
        currency = price.currency
        interval = price.interval
        amountMinor = price.amountMinor
        pricing = price.pricing
        setupFeeMinor = price.setupFeeMinor
        audience = price.audience
        billed = price.billed
    }

    func offered(to audience: PriceAudience, billed: BillingTiming) -> PriceDraft {
        var draft = self
        draft.audience = audience
        draft.billed = billed
        return draft
    }

    func key(of product: ProductID) -> PriceKey {
        PriceKey(product: product, currency: currency, interval: interval, audience: audience)
    }

    func firstVersion(of product: ProductID) -> Price {
        version(1, of: product)
    }

    func version(_ number: Int, of product: ProductID, as state: Price.State = .current) -> Price {
        Price(
            id: .new(), product: product, currency: currency, interval: interval, audience: audience,
            priceVersion: number, state: state, amountMinor: amountMinor, pricing: pricing,
            setupFeeMinor: setupFeeMinor, billed: billed,
            isInUse: false, version: 1)
    }
}

/// What only one current price can have.
package struct PriceKey: Hashable, Sendable {
    package let product: ProductID
    package let currency: Currency
    package let interval: Interval?
    package let audience: PriceAudience

    package init(
        product: ProductID, currency: Currency, interval: Interval?, audience: PriceAudience = .everybody
    ) {
        self.product = product
        self.currency = currency
        self.interval = interval
        self.audience = audience
    }
}

/// A change of what a price asks; nil leaves it as it is. An amount takes the place of a model, and a model
/// that of an amount. Currency and cycle are another price.
struct PriceChange: Sendable {
    let amount: Money?
    let setupFee: Money?
    let pricing: PriceTerms?

    func applied(to price: Price) throws -> PriceDraft {
        let amounts = [("/amount/currency", amount), ("/setup_fee/currency", setupFee)]
        let errors = amounts.compactMap { pointer, money in
            money.map { $0.currency != price.currency } == true
                ? FieldError(pointer, "must be \(price.currency): a price keeps its currency") : nil
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        if let terms = pricing ?? (amount == nil ? price.pricing : nil) {
            let fee = setupFee?.amountMinor ?? price.setupFeeMinor
            return try PriceDraft(
                pricing: terms, in: price.currency, every: price.interval, setupFeeMinor: fee
            ).offered(to: price.audience, billed: price.billed)
        }
        return try PriceDraft(
            currency: price.currency, interval: price.interval,
            amountMinor: amount?.amountMinor ?? price.amountMinor,
            setupFeeMinor: setupFee?.amountMinor ?? price.setupFeeMinor
        ).offered(to: price.audience, billed: price.billed)
    }
}
