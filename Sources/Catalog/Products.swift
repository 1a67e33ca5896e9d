import BillingMath
package import Kernel
import Platform
package import Postgres
import Web

/// The verbs on products.
package struct Products: Sendable {
    let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
    }

    /// What a new product is made of.
    package struct Draft: Sendable {
        package let code: Code
        package let kind: Product.Kind
        package let name: Text<1, 200>
        package let family: ProductFamilyID?
        package let description: Text<1, 4000>?
        package let attributes: Labels
        package let metadata: Labels
        package let prices: [PriceDraft]
        package var stock: Int?
        var taxClass = TaxClass.standard
        var limitsUpgrades = false

        package init(
            code: Code, kind: Product.Kind, name: Text<1, 200>, family: ProductFamilyID? = nil,
            description: Text<1, 4000>? = nil, attributes: Labels = .none, metadata: Labels = .none,
            prices: [PriceDraft] = []
        ) {
            self.code = code
            self.kind = kind
            self.name = name
            self.family = family
            self.description = description
            self.attributes = attributes
            self.metadata = metadata
            self.prices = prices
        }
    }

    func list(_ filter: ProductFilter, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<
        PricedProduct
    > {
        try await database.read(scope) { tx in
            let products = try await Product.list(filter, page, in: tx)
            let prices = try await Price.current(of: products.items.map(\.id), in: tx)
            let byProduct = Dictionary(grouping: prices, by: \.product)
            return products.map { PricedProduct(product: $0, prices: byProduct[$0.id] ?? []) }
        }
    }

    func read(_ id: ProductID, _ scope: TenantScope) async throws -> PricedProduct {
        try await database.read(scope) { tx in try await find(id, in: tx) }
    }

    /// Creates many products at once, in a constant number of statements. Throws as `create` does.
    package func create(_ drafts: [Draft], in tx: Transaction) async throws {
        let now = clock.now()
        let products = drafts.map { Product($0, recordedAt: now) }
        let prices = zip(products, drafts).flatMap { product, draft in
            draft.prices.map { $0.firstVersion(of: product.id) }
        }
        try await Product.insert(products, in: tx)
        try await Price.insert(prices, in: tx, at: now)
        try await Event.record(
            products.map(CatalogEvents.created) + prices.map(CatalogEvents.created), in: tx, at: now)
        try await CatalogNews.tell(in: tx)
    }

    /// Creates a product with its first prices. Throws `codeTaken`, `unknownFamily`, `priceExists`.
    func create(_ draft: Draft, in tx: Transaction) async throws -> PricedProduct {
        try await create([draft], in: tx)
        guard let product = try await Product.find(codes: [draft.code], in: tx).first else {
            throw Problem.notFound
        }
        return try await priced(product, in: tx)
    }

    func change(
        _ id: ProductID, in change: Change, _ apply: (inout Product) -> Void
    ) async throws -> Changed<PricedProduct> {
        try await update(id, .update, in: change, apply)
    }

    /// Takes a product out of sale, or back into it. What was sold goes on.
    func archive(_ id: ProductID, in change: Change) async throws -> Changed<PricedProduct> {
        try await update(id, .archive, in: change) { $0.state = .archived }
    }

    func restore(_ id: ProductID, in change: Change) async throws -> Changed<PricedProduct> {
        try await update(id, .restore, in: change) { $0.state = .active }
    }

    /// A new product like this one, with the same current prices and upgrade paths, under a code of its own.
    /// What was counted of a stock was counted of the original: of the copy there is nothing yet.
    func copy(
        _ id: ProductID, to code: Code, name: Text<1, 200>?, in tx: Transaction
    ) async throws -> PricedProduct {
        let original = try await find(id, in: tx)
        let product = original.product
        var draft = Draft(
            code: code, kind: product.kind, name: name ?? product.name, family: product.family,
            description: product.description, attributes: product.attributes,
            metadata: product.metadata,
            prices: original.prices.map(PriceDraft.init(copying:)))
        draft.stock = product.stock.map { _ in 0 }
        draft.limitsUpgrades = product.limitsUpgrades
        draft.taxClass = product.taxClass
        let copy = try await create(draft, in: tx)
        let paths = try await UpgradePaths.of(product, in: tx)
        try await UpgradePaths.replace(paths.products ?? [], of: copy.product.id, in: tx)
        return copy
    }

    private func update(
        _ id: ProductID, _ action: Product.Action, in change: Change, _ apply: (inout Product) -> Void
    ) async throws -> Changed<PricedProduct> {
        let tx = change.tx
        let before = try await priced(change.subject(Product.find(id, in: tx)), in: tx)
        var product = before.product
        try product.require(action)
        apply(&product)
        let updated = try await product.update(in: tx)
        try await Event.record([CatalogEvents.updated(updated)], in: tx, at: change.now)
        try await CatalogNews.tell(in: tx)
        return Changed(from: before, to: PricedProduct(product: updated, prices: before.prices))
    }

    private func find(_ id: ProductID, in tx: Transaction) async throws -> PricedProduct {
        guard let product = try await Product.find(id, in: tx) else { throw Problem.notFound }
        return try await priced(product, in: tx)
    }

    private func priced(_ product: Product, in tx: Transaction) async throws -> PricedProduct {
        PricedProduct(product: product, prices: try await Price.current(of: [product.id], in: tx))
    }
}

extension Product {
    fileprivate init(_ draft: Products.Draft, recordedAt: Instant) {
        self.init(
            id: .new(), code: draft.code, family: draft.family, kind: draft.kind, name: draft.name,
            description: draft.description, state: .active, attributes: draft.attributes,
            metadata: draft.metadata, taxClass: draft.taxClass, stock: draft.stock,
            limitsUpgrades: draft.limitsUpgrades,
            version: 1, recordedAt: recordedAt)
    }
}

/// A product with its current prices.
package struct PricedProduct: Sendable {
    package let product: Product
    package let prices: [Price]
}
