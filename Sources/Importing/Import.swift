package import Catalog
package import Customers
package import Foundation
package import Kernel
import Platform
package import Postgres
package import Subscriptions
package import Tax
package import Tenancy

/// Takes a provider's business in from a directory of CSV files: the good rows, one by one, while the bad
/// ones are refused with their place and reason.
///
/// It can be repeated and killed at any time: a row is in completely or not at all, an unchanged row is
/// skipped, a changed one is reported and not applied.
package struct Import: Sendable {
    let database: Database
    let tenants: Tenants
    let catalog: Catalog
    let customers: Customers
    let tax: Tax
    let subscriptions: Subscriptions
    let clock: RealClock

    package init(
        database: Database, tenants: Tenants, catalog: Catalog, customers: Customers, tax: Tax,
        subscriptions: Subscriptions, clock: RealClock
    ) {
        self.database = database
        self.tenants = tenants
        self.catalog = catalog
        self.customers = customers
        self.tax = tax
        self.subscriptions = subscriptions
        self.clock = clock
    }

    /// How far an import is: rows read of one file.
    package struct Progress: Sendable {
        package let file: String
        package let rows: Int
    }

    /// Imports `directory` into the tenant with this slug, which is created from tenant.json when there is
    /// none; a `sandboxToday` makes a new one a sandbox. Throws an `ImportFault` when a file is missing or
    /// its header wrong.
    package func run(
        _ directory: URL, into slug: Slug, sandboxToday: Day?,
        progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> ImportReport {
        let tenant = try await tenant(directory, slug, sandboxToday: sandboxToday)
        let scope = TenantScope(tenant)
        let today = try await begin(in: scope)
        var report = ImportReport(tenant: slug)
        let files = ImportFiles(
            directory: directory, database: database, scope: scope, clock: clock, progress: progress)
        try await files.take(ProductRows(catalog: catalog), into: &report)
        try await files.take(PriceRows(catalog: catalog), into: &report)
        try await files.take(TaxRateRows(tax: tax), into: &report)
        try await files.take(CustomerRows(customers: customers), into: &report)
        try await files.take(
            SubscriptionRows(subscriptions: subscriptions, today: today, clock: clock), into: &report)
        return report
    }

    /// Returns the tenant's today.
    private func begin(in scope: TenantScope) async throws -> Day {
        try await database.write(scope) { tx in
            let today = try await tenants.calendar(in: tx).today
            try await Commands.record(
                "importData", by: Actor(.operatorCommand, role: .owner, scope: scope), ["today": today],
                in: tx, at: clock.now())
            return today
        }
    }

    /// An existing tenant keeps its settings.
    private func tenant(_ directory: URL, _ slug: Slug, sandboxToday: Day?) async throws -> TenantID {
        if let known = try await tenants.find(host: nil, slug: slug) { return known }
        let file = try TenantFile.read(directory.appending(path: "tenant.json"))
        return try await tenants.found(file.founding(as: slug, sandboxToday: sandboxToday)).id
    }
}

/// A file as a whole is not what an import needs. The description says which and why.
package struct ImportFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
