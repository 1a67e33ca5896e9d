package import Kernel
package import Postgres

extension UpgradePaths {
    static func of(_ product: Product, in tx: Transaction) async throws -> UpgradePaths {
        let products = try await limits(of: [product.id], in: tx)[product.id]
        return UpgradePaths(product: product.id, products: products, version: product.version)
    }

    /// Of each product that limits its upgrades those to which it may be changed, in one statement. A product
    /// that is not in the answer may be changed to any.
    package static func limits(
        of products: [ProductID], in tx: Transaction
    ) async throws -> [ProductID: [ProductID]] {
        let rows = try await tx.all(
            """
            SELECT p.id, t.to_product_id
            FROM products AS p
            LEFT JOIN product_upgrade_paths AS t ON t.tenant_id = p.tenant_id AND t.product_id = p.id
            WHERE p.id = ANY(\(products.map(\.uuid))) AND p.limits_upgrades
            ORDER BY p.id, t.to_product_id
            """
        ) { (product: try $0["id"] as ProductID, path: try $0["to_product_id"] as ProductID?) }
        return Dictionary(grouping: rows, by: \.product).mapValues { $0.compactMap(\.path) }
    }

    /// Whoever calls it has changed the product's row in this transaction.
    static func replace(_ products: [ProductID], of id: ProductID, in tx: Transaction) async throws {
        _ = try await tx.pipeline([
            "DELETE FROM product_upgrade_paths WHERE product_id = \(id)",
            """
            INSERT INTO product_upgrade_paths (tenant_id, product_id, to_product_id)
            SELECT \(tx.scope.tenant), \(id), to_product_id
            FROM unnest(\(products.map(\.uuid))) AS t (to_product_id)
            """,
        ])
    }
}

extension Product {
    /// Those of the ids that are products of the tenant.
    static func known(_ ids: [ProductID], in tx: Transaction) async throws -> Set<ProductID> {
        Set(
            try await tx.all("SELECT id FROM products WHERE id = ANY(\(ids.map(\.uuid)))") {
                try $0["id"] as ProductID
            })
    }
}
