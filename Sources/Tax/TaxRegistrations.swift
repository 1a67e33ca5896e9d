import BillingMath
import Kernel
import Platform
import Postgres
import Web

/// The verbs on registrations for tax.
package struct TaxRegistrations: Sendable {
    private let database: Database

    init(database: Database) {
        self.database = database
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<TaxRegistrationEntry> {
        try await database.read(scope) { tx in try await TaxRegistrationEntry.list(page, in: tx) }
    }

    func read(_ id: TaxRegistrationID, _ scope: TenantScope) async throws -> TaxRegistrationEntry {
        try await database.read(scope) { tx in
            guard let entry = try await TaxRegistrationEntry.find(id, in: tx) else { throw Problem.notFound }
            return entry
        }
    }

    /// Throws `endsBeforeItBegins`, `tooManyRules`.
    func add(
        _ registration: TaxRegistration, number: Text<1, 40>?, in change: Change
    ) async throws -> TaxRegistrationEntry {
        guard try await TaxRegistrationEntry.count(in: change.tx) < TaxRegistrationEntry.limit else {
            throw TaxProblem.tooManyRules
        }
        let entry = TaxRegistrationEntry(
            id: .new(), number: number, registration: registration, version: 1, recordedAt: change.now)
        try await entry.insert(in: change.tx)
        return entry
    }

    /// Throws `notFound`, `endsBeforeItBegins`.
    func end(
        _ id: TaxRegistrationID, on day: Patch<Day>, in change: Change
    ) async throws -> Changed<TaxRegistrationEntry> {
        let entry = try await change.subject(TaxRegistrationEntry.lock(id, in: change.tx))
        let last = day.applied(to: entry.registration.validity.through)
        return Changed(from: entry, to: try await entry.ending(on: last, in: change.tx))
    }

    func delete(_ id: TaxRegistrationID, in change: Change) async throws -> TaxRegistrationEntry {
        let entry = try await change.subject(TaxRegistrationEntry.lock(id, in: change.tx))
        try await entry.delete(in: change.tx)
        return entry
    }
}
