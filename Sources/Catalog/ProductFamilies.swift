package import Kernel
package import Postgres

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
        try await database.read(scope) { tx in try await require(id, in: tx) }
    }

    func create(_ name: Text<1, 120>, by actor: Actor) async throws -> ProductFamily {
        try await database.write(actor.scope) { tx in try await create([name], in: tx)[0] }
    }

    /// Creates some families at once, in the order of the names. Throws `familyNameTaken`.
    package func create(_ names: [Text<1, 120>], in tx: Transaction) async throws -> [ProductFamily] {
        let families = names.map { ProductFamily(id: .new(), name: $0, version: 1) }
        try await ProductFamily.insert(families, in: tx, at: clock.now())
        return families
    }

    func rename(_ id: ProductFamilyID, to name: Text<1, 120>, by actor: Actor) async throws -> ProductFamily {
        try await database.write(actor.scope) { tx in
            var family = try await require(id, in: tx)
            family.name = name
            return try await family.update(in: tx)
        }
    }

    /// Throws `familyInUse` while products belong to it.
    func delete(_ id: ProductFamilyID, by actor: Actor) async throws {
        try await database.write(actor.scope) { tx in try await require(id, in: tx).delete(in: tx) }
    }

    private func require(_ id: ProductFamilyID, in tx: Transaction) async throws -> ProductFamily {
        guard let family = try await ProductFamily.find(id, in: tx) else { throw Problem.notFound }
        return family
    }
}
