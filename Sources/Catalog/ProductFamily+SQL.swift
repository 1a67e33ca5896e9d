package import Kernel
package import Postgres

extension ProductFamily {
    init(row: Row) throws {
        id = try row["id"]
        name = try row["name"]
        version = try row["version"]
    }

    static func find(_ id: ProductFamilyID, in tx: Transaction) async throws -> ProductFamily? {
        try await tx.first(
            "SELECT id, name, version FROM product_families WHERE id = \(id)", ProductFamily.init(row:))
    }

    package static func find(names: [Text<1, 120>], in tx: Transaction) async throws -> [ProductFamily] {
        try await tx.all(
            "SELECT id, name, version FROM product_families WHERE name = ANY(\(names.map(\.text)))",
            ProductFamily.init(row:))
    }

    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<ProductFamily> {
        let after = page.cursor.flatMap(ProductFamilyID.init)
        let condition: SQL = after.map { "id > \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT id, name, version FROM product_families
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, ProductFamily.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    static func insert(_ families: [ProductFamily], in tx: Transaction, at now: Instant) async throws {
        try await refusing(["product_families_name_key": CatalogProblem.familyNameTaken]) {
            try await tx.run(
                """
                INSERT INTO product_families (tenant_id, id, name, version, recorded_at)
                SELECT \(tx.scope.tenant), id, name, 1, \(now)
                FROM unnest(\(families.map(\.id.uuid)), \(families.map(\.name))) AS f (id, name)
                """)
        }
        try await CatalogNews.tell(in: tx)
    }

    func update(in tx: Transaction) async throws -> ProductFamily {
        let updated = try await refusing(["product_families_name_key": CatalogProblem.familyNameTaken]) {
            try await tx.first(
                """
                UPDATE product_families
                SET name = \(name), version = version + 1
                WHERE id = \(id) AND version = \(version)
                RETURNING id, name, version
                """, ProductFamily.init(row:))
        }
        guard let updated else { throw Problem.stale }
        try await CatalogNews.tell(in: tx)
        return updated
    }

    func delete(in tx: Transaction) async throws {
        try await refusing(["products_family_fkey": CatalogProblem.familyInUse]) {
            try await tx.run("DELETE FROM product_families WHERE id = \(id)")
        }
        try await CatalogNews.tell(in: tx)
    }
}
