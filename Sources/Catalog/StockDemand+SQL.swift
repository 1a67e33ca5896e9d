import Kernel
import Postgres

extension SoldStock {
    /// How many are left of those products that have a stock. Held, they stay so until the transaction ends;
    /// all are held in one order, so that no two orders wait for each other.
    static func left(
        of products: Set<ProductID>, isHeld: Bool, in tx: Transaction
    ) async throws -> [ProductID: Int64] {
        let lock: SQL = isHeld ? "FOR NO KEY UPDATE" : ""
        let rows = try await tx.all(
            """
            SELECT id, stock FROM products
            WHERE id = ANY(\(products.map(\.uuid))) AND stock IS NOT NULL
            ORDER BY id
            \(lock)
            """
        ) { (try $0["id"] as ProductID, try $0["stock"] as Int64) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Whoever calls it holds the products and has seen that enough is left.
    static func take(_ units: [ProductID: Int64], in tx: Transaction) async throws -> [SoldStock] {
        let taken = units.sorted { $0.key < $1.key }
        return try await refusing(["products_stock_check": CatalogProblem.outOfStock]) {
            try await tx.all(
                """
                UPDATE products AS p
                SET stock = p.stock - t.units, version = p.version + 1
                FROM unnest(\(taken.map(\.key.uuid)), \(taken.map(\.value))) AS t (id, units)
                WHERE p.id = t.id
                RETURNING p.id, p.version
                """
            ) { SoldStock(product: try $0["id"], version: try $0["version"]) }
        }
    }
}
