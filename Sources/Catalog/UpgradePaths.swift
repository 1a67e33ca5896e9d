import Kernel
import Platform
import Postgres
import Web

/// To which other products those who have a product may change.
package struct UpgradePaths: Versioned, Sendable, Hashable {
    let product: ProductID
    /// Nil: to any, as nobody said. Empty: to none.
    let products: [ProductID]?
    /// The product's.
    package let version: Int

    static let limit = 100
}

// The verbs on upgrade paths. An archived product takes them too: they say where those may go who still have
// it.
extension Products {
    func upgradePaths(of id: ProductID, _ scope: TenantScope) async throws -> UpgradePaths {
        try await database.read(scope) { tx in
            guard let product = try await Product.find(id, in: tx) else { throw Problem.notFound }
            return try await UpgradePaths.of(product, in: tx)
        }
    }

    /// `nil` takes the limit away. Throws `unusablePaths` about every product that cannot be named.
    func setUpgradePaths(
        of id: ProductID, to products: [ProductID]?, in change: Change
    ) async throws -> Changed<UpgradePaths> {
        let tx = change.tx
        let product = try change.subject(await Product.find(id, in: tx))
        try await checkPaths(products ?? [], of: id, in: tx)
        let before = try await UpgradePaths.of(product, in: tx)
        var limited = product
        limited.limitsUpgrades = products != nil
        // Before the paths: who else changes them meanwhile waits here, and finds another version then.
        let updated = try await limited.update(in: tx)
        try await UpgradePaths.replace(products ?? [], of: id, in: tx)
        try await Event.record([CatalogEvents.updated(updated)], in: tx, at: change.now)
        try await CatalogNews.tell(in: tx)
        return Changed(from: before, to: try await UpgradePaths.of(updated, in: tx))
    }

    private func checkPaths(_ products: [ProductID], of id: ProductID, in tx: Transaction) async throws {
        guard products.count <= UpgradePaths.limit else {
            throw CatalogProblem.unusablePaths.with(errors: [
                FieldError("/product_ids", "must have at most \(UpgradePaths.limit) elements")
            ])
        }
        let known = try await Product.known(products, in: tx)
        var named: Set<ProductID> = []
        let errors = products.enumerated().compactMap { place, product -> FieldError? in
            let pointer = "/product_ids/\(place)"
            if product == id { return FieldError(pointer, "must be another product") }
            if !named.insert(product).inserted { return FieldError(pointer, "is named twice") }
            return known.contains(product) ? nil : FieldError(pointer, "is not a product of your catalogue")
        }
        if !errors.isEmpty { throw CatalogProblem.unusablePaths.with(errors: errors) }
    }
}
