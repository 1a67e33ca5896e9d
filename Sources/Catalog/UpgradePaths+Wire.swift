import Kernel
import Web

struct NewUpgradePaths: Codable, Sendable {
    /// Each once; with none of them, it is changed to no other product.
    let productIds: [ProductID]
}

struct UpgradePathsBody: Versioned, Codable, Sendable {
    /// The product's.
    let id: ProductID
    /// Null: to any. It is always said, as an empty list is another answer.
    let productIds: Patch<[ProductID]>
    let version: Int
}

extension UpgradePathsBody {
    init(_ paths: UpgradePaths) {
        self.init(
            id: paths.product, productIds: paths.products.map(Patch.value) ?? .null, version: paths.version)
    }
}
