import Catalog
import Kernel
import Postgres

/// products.csv
struct ProductRows: RowKind {
    struct Parsed: Sendable {
        let code: Code
        let kind: Product.Kind
        let family: Text<1, 120>?
        let name: Text<1, 200>
    }

    static let name = "products"
    static let columns = ["code", "type", "family", "name"]
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { \.products }

    let catalog: Catalog

    func parse(_ cells: Cells) throws(CellRefusal) -> Parsed {
        Parsed(
            code: try cells.text("code"), kind: try cells.oneOf("type"), family: try cells.optional("family"),
            name: try cells.text("name"))
    }

    func key(of row: Parsed) -> String { row.code.text }

    func write(_ rows: [Parsed], in tx: Transaction) async throws -> [CellRefusal?] {
        let taken = Set(try await Product.find(codes: rows.map(\.code), in: tx).map(\.code))
        let free = rows.filter { !taken.contains($0.code) }
        let families = try await families(named: free.compactMap(\.family), in: tx)
        try await catalog.products.create(
            free.map { row in
                Products.Draft(
                    code: row.code, kind: row.kind, name: row.name,
                    family: row.family.flatMap { families[$0] })
            }, in: tx)
        return rows.map { row in
            taken.contains(row.code)
                ? CellRefusal("code", "belongs to a product that was not imported from this file") : nil
        }
    }

    /// The families by name; those that are missing are made.
    private func families(
        named names: [Text<1, 120>], in tx: Transaction
    ) async throws -> [Text<1, 120>: ProductFamilyID] {
        let known = try await ProductFamily.find(names: names, in: tx)
        var families = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.id) })
        let missing = Set(names).subtracting(families.keys)
        for family in try await catalog.families.create(missing.sorted { $0.text < $1.text }, in: tx) {
            families[family.name] = family.id
        }
        return families
    }
}
