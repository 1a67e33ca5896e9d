package import BillingMath
package import Kernel
import Platform
package import Postgres
import Web

/// The verbs on tax rates.
package struct TaxRates: Sendable {
    private let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
    }

    /// What a country's rate is to be.
    package struct Draft: Sendable {
        package let country: CountryCode
        package let name: Text<1, 60>
        package let rate: TaxRate

        package init(country: CountryCode, name: Text<1, 60>, rate: TaxRate) {
            self.country = country
            self.name = name
            self.rate = rate
        }
    }

    /// Every rate of the transaction's tenant.
    package func rates(in tx: Transaction) async throws -> [CountryCode: TaxRateEntry] {
        let entries = try await TaxRateEntry.all(in: tx)
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.country, $0) })
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<TaxRateEntry> {
        try await database.read(scope) { tx in try await TaxRateEntry.list(page, in: tx) }
    }

    func read(_ country: CountryCode, _ scope: TenantScope) async throws -> TaxRateEntry {
        try await database.read(scope) { tx in
            guard let entry = try await TaxRateEntry.find(country, in: tx) else { throw Problem.notFound }
            return entry
        }
    }

    func put(_ draft: Draft, in change: Change) async throws -> Changed<TaxRateEntry> {
        let before = try await TaxRateEntry.lock(draft.country, in: change.tx)
        let after = try await put([draft], in: change.tx)[0]
        // Somebody else set the first one in between: look again.
        guard after.version == (before?.version ?? 0) + 1 else { throw PostgresError.serializationFailure }
        return Changed(from: before, to: after)
    }

    /// Sets the rates of some countries in one statement, each country at most once; what was there is
    /// replaced.
    @discardableResult
    package func put(_ drafts: [Draft], in tx: Transaction) async throws -> [TaxRateEntry] {
        try await TaxRateEntry.put(drafts, in: tx, at: clock.now())
    }

    /// Returns what there was.
    func delete(_ country: CountryCode, in change: Change) async throws -> TaxRateEntry {
        let entry = try await change.subject(TaxRateEntry.lock(country, in: change.tx))
        try await entry.delete(in: change.tx)
        return entry
    }
}
