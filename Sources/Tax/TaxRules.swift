import BillingMath
import Kernel
import Platform
import Postgres
import Web

/// The verbs on rules of tax.
package struct TaxRules: Sendable {
    private let database: Database

    init(database: Database) {
        self.database = database
    }

    func list(
        of country: CountryCode?, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<TaxRuleEntry> {
        try await database.read(scope) { tx in try await TaxRuleEntry.list(of: country, page, in: tx) }
    }

    func read(_ id: TaxRuleID, _ scope: TenantScope) async throws -> TaxRuleEntry {
        try await database.read(scope) { tx in
            guard let entry = try await TaxRuleEntry.find(id, in: tx) else { throw Problem.notFound }
            return entry
        }
    }

    /// Throws `endsBeforeItBegins`, `tooManyRules`.
    func add(_ rule: TaxRule, in change: Change) async throws -> TaxRuleEntry {
        guard try await TaxRuleEntry.count(in: change.tx) < TaxRuleEntry.limit else {
            throw TaxProblem.tooManyRules
        }
        let entry = TaxRuleEntry(id: .new(), rule: rule, version: 1, recordedAt: change.now)
        try await entry.insert(in: change.tx)
        return entry
    }

    /// Has a rule end on another day. Invoices that are issued keep the tax that they state. Throws
    /// `notFound`, `endsBeforeItBegins`.
    func end(
        _ id: TaxRuleID, on day: Patch<Day>, in change: Change
    ) async throws -> Changed<TaxRuleEntry> {
        let entry = try await change.subject(TaxRuleEntry.lock(id, in: change.tx))
        let last = day.applied(to: entry.rule.validity.through)
        return Changed(from: entry, to: try await entry.ending(on: last, in: change.tx))
    }

    func delete(_ id: TaxRuleID, in change: Change) async throws -> TaxRuleEntry {
        let entry = try await change.subject(TaxRuleEntry.lock(id, in: change.tx))
        try await entry.delete(in: change.tx)
        return entry
    }
}
