import BillingMath
import Kernel
import Platform
import Postgres
import Web

/// The verbs on exemptions of customers.
package struct TaxExemptions: Sendable {
    private let database: Database

    init(database: Database) {
        self.database = database
    }

    func list(
        of customer: CustomerID?, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<TaxExemption> {
        try await database.read(scope) { tx in try await TaxExemption.list(of: customer, page, in: tx) }
    }

    func read(_ id: TaxExemptionID, _ scope: TenantScope) async throws -> TaxExemption {
        try await database.read(scope) { tx in
            guard let exemption = try await TaxExemption.find(id, in: tx) else { throw Problem.notFound }
            return exemption
        }
    }

    /// Throws `unknownCustomer`, `endsBeforeItBegins`.
    func add(
        _ certificate: TaxBuyer.Certificate, for customer: CustomerID, in change: Change
    ) async throws -> TaxExemption {
        let exemption = TaxExemption(
            id: .new(), customer: customer, certificate: certificate, version: 1, recordedAt: change.now)
        try await exemption.insert(in: change.tx)
        return exemption
    }

    /// Throws `notFound`, `endsBeforeItBegins`.
    func end(
        _ id: TaxExemptionID, on day: Patch<Day>, in change: Change
    ) async throws -> Changed<TaxExemption> {
        let exemption = try await change.subject(TaxExemption.lock(id, in: change.tx))
        let last = day.applied(to: exemption.certificate.validity.through)
        return Changed(from: exemption, to: try await exemption.ending(on: last, in: change.tx))
    }

    func delete(_ id: TaxExemptionID, in change: Change) async throws -> TaxExemption {
        let exemption = try await change.subject(TaxExemption.lock(id, in: change.tx))
        try await exemption.delete(in: change.tx)
        return exemption
    }
}
