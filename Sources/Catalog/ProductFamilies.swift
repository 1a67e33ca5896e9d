package import Kernel
import Platform
package import Postgres
import Web

/// The verbs on product families.
package struct ProductFamilies: Sendable {
    private let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<ProductFamily> {
        try await database.read(scope) { tx in try await ProductFamily.list(page, in: tx) }
    }

    func read(_ id: ProductFamilyID, _ scope: TenantScope) async throws -> ProductFamily {
        try await database.read(scope) { tx in
            guard let family = try await ProductFamily.find(id, in: tx) else { throw Problem.notFound }
            return family
        }
    }

    /// Creates some families at once, in the order of the names. Throws `familyNameTaken`.
    package func create(_ names: [Text<1, 120>], in tx: Transaction) async throws -> [ProductFamily] {
        let families = names.map { ProductFamily(id: .new(), name: $0, version: 1) }
        try await ProductFamily.insert(families, in: tx, at: clock.now())
        return families
    }

    func rename(
        _ id: ProductFamilyID, to name: Text<1, 120>, in change: Change
    ) async throws -> Changed<ProductFamily> {
        let before = try await change.subject(ProductFamily.find(id, in: change.tx))
        var family = before
        family.name = name
        return Changed(from: before, to: try await family.update(in: change.tx))
    }

    /// Returns what there was. Throws `familyInUse` while products belong to it.
    func delete(_ id: ProductFamilyID, in change: Change) async throws -> ProductFamily {
        let family = try await change.subject(ProductFamily.find(id, in: change.tx))
        try await family.delete(in: change.tx)
        return family
    }
}
