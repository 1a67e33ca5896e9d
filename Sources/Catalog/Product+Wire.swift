import BillingMath
import Kernel
import Web

struct ProductPath: Codable, Sendable {
    let id: ProductID
}

struct ProductQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: Product.State?
    let type: Product.Kind?
    let familyId: ProductFamilyID?
    let code: Code?
    let sort: ProductSort?

    var filter: ProductFilter {
        ProductFilter(state: state, kind: type, family: familyId, code: code, sort: sort ?? .created)
    }
}

struct NewProduct: Codable, Sendable {
    let code: Code
    let type: Product.Kind
    let name: Text<1, 200>
    let familyId: ProductFamilyID?
    let description: Text<1, 4000>?
    let attributes: Labels?
    let metadata: Labels?
    /// How many can be sold; as many as wanted unless told.
    let stock: Whole<0, 1_000_000>?
    /// By which tax decides about it; `standard` unless told.
    let taxClass: TaxClass?
    let prices: [NewPrice]?

    func draft() throws -> Products.Draft {
        var draft = Products.Draft(
            code: code, kind: type, name: name, family: familyId, description: description,
            attributes: attributes ?? .none, metadata: metadata ?? .none,
            prices: try (prices ?? []).enumerated().map { try $1.draft(at: "/prices/\($0)") })
        draft.stock = stock?.value
        draft.taxClass = taxClass ?? .standard
        return draft
    }
}

/// Absent fields stay as they are; `null` empties those that may be empty.
struct ProductChange: Codable, Sendable {
    let type: Product.Kind?
    let name: Text<1, 200>?
    let familyId: Patch<ProductFamilyID>
    let description: Patch<Text<1, 4000>>
    let attributes: Labels?
    let metadata: Labels?
    let stock: Patch<Whole<0, 1_000_000>>
    /// What is invoiced from now on is taxed by it.
    let taxClass: TaxClass?

    func apply(to product: inout Product) {
        product.kind = type ?? product.kind
        product.name = name ?? product.name
        product.family = familyId.applied(to: product.family)
        product.description = description.applied(to: product.description)
        product.attributes = attributes ?? product.attributes
        product.metadata = metadata ?? product.metadata
        product.taxClass = taxClass ?? product.taxClass
        product.stock = stock.map(\.value).applied(to: product.stock)
    }
}

struct ProductCopy: Codable, Sendable {
    let code: Code
    let name: Text<1, 200>?
}

struct ProductBody: Versioned, Codable, Sendable {
    let id: ProductID
    let code: Code
    let type: Product.Kind
    let name: Text<1, 200>
    let familyId: ProductFamilyID?
    let description: Text<1, 4000>?
    let state: Product.State
    let attributes: Labels
    let metadata: Labels
    /// How many can still be sold; null: as many as wanted.
    let stock: Int?
    let taxClass: TaxClass
    let prices: [PriceBody]
    let version: Int
    let recordedAt: Instant
    let actions: [Product.Action]
}

extension ProductBody {
    init(_ priced: PricedProduct, for actor: Actor) {
        let product = priced.product
        self.init(
            id: product.id, code: product.code, type: product.kind, name: product.name,
            familyId: product.family,
            description: product.description, state: product.state, attributes: product.attributes,
            metadata: product.metadata, stock: product.stock, taxClass: product.taxClass,
            prices: priced.prices.map { PriceBody($0, for: actor) },
            version: product.version, recordedAt: product.recordedAt, actions: product.actions(for: actor))
    }
}
