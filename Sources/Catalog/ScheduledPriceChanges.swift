import Kernel
import Platform
import Postgres
import Tenancy
import Web

/// The verbs on changes of prices that are to come.
package struct ScheduledPriceChanges: Sendable {
    private let database: Database
    private let tenants: Tenants

    init(database: Database, tenants: Tenants) {
        self.database = database
        self.tenants = tenants
    }

    func read(
        _ id: ScheduledPriceChangeID, _ scope: TenantScope
    ) async throws -> ComparedPriceChange {
        try await database.read(scope) { tx in
            guard let change = try await ScheduledPriceChange.find(id, in: tx) else {
                throw Problem.notFound
            }
            return try await compared([change], in: tx)[0]
        }
    }

    func list(
        _ filter: ScheduledPriceChangeFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<ComparedPriceChange> {
        try await database.read(scope) { tx in
            let page = try await ScheduledPriceChange.list(filter, page, in: tx)
            let items = try await compared(page.items, in: tx)
            return Page(items: items, nextCursor: page.nextCursor)
        }
    }

    /// Throws `wrongState` for a price that is not current, `priceChangeScheduled` for one that is to change
    /// already, `priceUnchanged` and `unusablePricing`.
    func schedule(
        _ draft: NewScheduledPriceChange, of id: PriceID, in change: Change
    ) async throws -> ComparedPriceChange {
        let tx = change.tx
        guard let price = try await Price.lock(id, in: tx) else { throw Problem.notFound }
        try price.require(.update)
        if try await ScheduledPriceChange.isScheduled(for: id, in: tx) {
            throw CatalogProblem.priceChangeScheduled
        }
        let today = try await tenants.calendar(in: tx).today
        try draft.checkDay(today: today)
        let asked = try draft.change.applied(to: price)
        if asked == PriceDraft(copying: price) { throw CatalogProblem.priceUnchanged }
        let latest = try await Price.versions(of: [price.product], in: tx)
        let number = (latest[asked.key(of: price.product)] ?? 0) + 1
        let next = asked.version(number, of: price.product, as: .scheduled)
        try await Price.insert([next], in: tx, at: change.now)
        let scheduled = ScheduledPriceChange(
            id: .new(), price: id, next: next.id, effectiveOn: draft.effectiveOn,
            existing: draft.existingSubscriptions, state: .scheduled, version: 1, recordedAt: change.now)
        try await scheduled.insert(in: tx)
        try await Event.record(
            [CatalogEvents.created(next), CatalogEvents.created(scheduled)], in: tx, at: change.now)
        try await CatalogNews.tell(in: tx)
        if draft.effectiveOn <= today {
            try await ScheduledPriceChange.beginDue(on: today, in: tx, at: change.now)
        }
        guard let standing = try await ScheduledPriceChange.find(scheduled.id, in: tx) else {
            throw Problem.notFound
        }
        return ComparedPriceChange(change: standing, before: price, after: next)
    }

    /// Throws `wrongState` once it is in effect, and `priceInUse` once something is billed by it.
    func withdraw(
        _ id: ScheduledPriceChangeID, in change: Change
    ) async throws -> Changed<ComparedPriceChange> {
        let tx = change.tx
        guard let found = try await ScheduledPriceChange.lock(id, in: tx) else { throw Problem.notFound }
        let compared = try await change.subject(compared([found], in: tx)[0])
        try found.requireScheduled()
        guard let next = try await Price.lock(found.next, in: tx) else { throw Problem.notFound }
        if next.isInUse { throw CatalogProblem.priceInUse }
        try await next.close(as: .archived, in: tx)
        let withdrawn = try await found.withdrawn(in: tx)
        try await Event.record([CatalogEvents.moved(withdrawn)], in: tx, at: change.now)
        try await CatalogNews.tell(in: tx)
        return Changed(
            from: compared,
            to: ComparedPriceChange(change: withdrawn, before: compared.before, after: compared.after))
    }

    private func compared(
        _ changes: [ScheduledPriceChange], in tx: Transaction
    ) async throws -> [ComparedPriceChange] {
        if changes.isEmpty { return [] }
        let prices = try await Price.find(changes.flatMap { [$0.price, $0.next] }, in: tx)
        let byID = Dictionary(uniqueKeysWithValues: prices.map { ($0.id, $0) })
        return try changes.map { change in
            guard let before = byID[change.price], let after = byID[change.next] else {
                throw Problem.notFound
            }
            return ComparedPriceChange(change: change, before: before, after: after)
        }
    }
}
