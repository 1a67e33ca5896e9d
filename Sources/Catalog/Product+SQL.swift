package import Kernel
import Platform
package import Postgres

extension Product {
    private static let columns: SQL =
        """
        id, code, family_id, type, name, description, state, attributes, metadata, tax_class, stock,
        limits_upgrades, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        code = try row["code"]
        family = try row["family_id"]
        kind = try row["type"]
        name = try row["name"]
        description = try row["description"]
        state = try row["state"]
        attributes = try (row["attributes"] as JSONText).decode()
        metadata = try (row["metadata"] as JSONText).decode()
        taxClass = try row["tax_class"]
        stock = try row["stock"]
        limitsUpgrades = try row["limits_upgrades"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    package static func find(_ id: ProductID, in tx: Transaction) async throws -> Product? {
        try await tx.first("SELECT \(columns) FROM products WHERE id = \(id)", Product.init(row:))
    }

    package static func find(codes: [Code], in tx: Transaction) async throws -> [Product] {
        try await tx.all(
            "SELECT \(columns) FROM products WHERE code = ANY(\(codes.map(\.text)))", Product.init(row:))
    }

    static func list(_ filter: ProductFilter, _ page: PageRequest, in tx: Transaction) async throws -> Page<
        Product
    > {
        var condition: SQL = "TRUE"
        if let state = filter.state { condition = "\(condition) AND state = \(state)" }
        if let kind = filter.kind { condition = "\(condition) AND type = \(kind)" }
        if let family = filter.family { condition = "\(condition) AND family_id = \(family)" }
        if let code = filter.code { condition = "\(condition) AND code = \(code)" }
        let after = try page.cursor.map { try ListCursor($0) }
        let order: SQL
        switch filter.sort {
        case .created:
            if let after { condition = "\(condition) AND id > \(after.id)" }
            order = "id"
        case .name:
            if let after { condition = "\(condition) AND (name, id) > (\(after.key), \(after.id))" }
            order = "name, id"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM products
            WHERE \(condition)
            ORDER BY \(order)
            LIMIT \(page.limit + 1)
            """, Product.init(row:))
        return Page(fetched: rows, limit: page.limit) {
            ListCursor(key: filter.sort == .name ? $0.name.text : "", id: $0.id.uuid).text
        }
    }

    static func insert(_ products: [Product], in tx: Transaction) async throws {
        guard !products.isEmpty else { return }
        try await refusing([
            "products_code_key": CatalogProblem.codeTaken,
            "products_family_fkey": CatalogProblem.unknownFamily,
        ]) {
            try await tx.run(
                """
                INSERT INTO products (tenant_id, id, family_id, code, type, name, description, state,
                    attributes, metadata, tax_class, stock, limits_upgrades, version, recorded_at)
                SELECT \(tx.scope.tenant), id, family_id, code, type, name, description, state, attributes,
                    metadata, tax_class, stock, limits_upgrades, 1, recorded_at
                FROM unnest(\(products.map(\.id.uuid)), \(products.map(\.family?.uuid)),
                    \(products.map(\.code)),
                    \(products.map(\.kind)), \(products.map(\.name)), \(products.map(\.description)),
                    \(products.map(\.state)), \(products.map { try JSONText(encoding: $0.attributes) }),
                    \(products.map { try JSONText(encoding: $0.metadata) }), \(products.map(\.taxClass)),
                    \(products.map { $0.stock.map { Int32($0) } }), \(products.map(\.limitsUpgrades)),
                    \(products.map(\.recordedAt)))
                    AS p (id, family_id, code, type, name, description, state, attributes, metadata,
                        tax_class, stock, limits_upgrades, recorded_at)
                """)
        }
    }

    /// Writes what may change, if nobody did so meanwhile, and returns the product as it stands then.
    func update(in tx: Transaction) async throws -> Product {
        let updated = try await refusing(["products_family_fkey": CatalogProblem.unknownFamily]) {
            try await tx.first(
                """
                UPDATE products
                SET family_id = \(family), type = \(kind), name = \(name), description = \(description),
                    state = \(state), attributes = \(JSONText(encoding: attributes)),
                    metadata = \(JSONText(encoding: metadata)), tax_class = \(taxClass), stock = \(stock),
                    limits_upgrades = \(limitsUpgrades), version = version + 1
                WHERE id = \(id) AND version = \(version)
                RETURNING \(Product.columns)
                """, Product.init(row:))
        }
        guard let updated else { throw Problem.stale }
        return updated
    }
}

/// Which products a list shows, and in which order.
struct ProductFilter: Sendable {
    var state: Product.State?
    var kind: Product.Kind?
    var family: ProductFamilyID?
    var code: Code?
    var sort = ProductSort.created
}

enum ProductSort: String, Codable, Sendable, CaseIterable {
    case created, name
}
