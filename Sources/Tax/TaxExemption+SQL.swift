package import BillingMath
package import Kernel
package import Postgres

extension TaxExemption {
    private static let columns: SQL =
        "id, customer_id, certificate, country, valid_from, valid_through, version, recorded_at"

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        certificate = TaxBuyer.Certificate(
            number: try row["certificate"], country: try row["country"], validity: try Validity(row: row))
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ id: TaxExemptionID, in tx: Transaction) async throws -> TaxExemption? {
        try await tx.first(
            "SELECT \(columns) FROM tax_exemptions WHERE id = \(id)", TaxExemption.init(row:))
    }

    static func lock(_ id: TaxExemptionID, in tx: Transaction) async throws -> TaxExemption? {
        try await tx.first(
            "SELECT \(columns) FROM tax_exemptions WHERE id = \(id) FOR UPDATE", TaxExemption.init(row:))
    }

    static func list(
        of customer: CustomerID?, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<TaxExemption> {
        var condition: SQL = customer.map { "customer_id = \($0)" } ?? "TRUE"
        if let last = page.cursor.flatMap(TaxExemptionID.init) { condition = "\(condition) AND id > \(last)" }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM tax_exemptions
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, TaxExemption.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    /// For `certificates(in:)`: of all customers that are asked for.
    package static func selection(of customers: [CustomerID]) -> SQL {
        """
        SELECT \(columns) FROM tax_exemptions
        WHERE customer_id = ANY(\(customers.map(\.uuid)))
        ORDER BY id
        """
    }

    package static func certificates(in rows: Rows) throws -> [CustomerID: [TaxBuyer.Certificate]] {
        Dictionary(grouping: try rows.map(TaxExemption.init(row:)), by: \.customer)
            .mapValues { $0.map(\.certificate) }
    }

    func insert(in tx: Transaction) async throws {
        try await refusing(TaxProblem.byConstraint) {
            try await tx.run(
                """
                INSERT INTO tax_exemptions (tenant_id, id, customer_id, certificate, country, valid_from,
                    valid_through, version, recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(customer), \(certificate.number),
                    \(certificate.country), \(certificate.validity.from), \(certificate.validity.through),
                    \(Int32(version)), \(recordedAt))
                """)
        }
    }

    func ending(on day: Day?, in tx: Transaction) async throws -> TaxExemption {
        let ended = try await refusing(TaxProblem.byConstraint) {
            try await tx.first(
                """
                UPDATE tax_exemptions SET valid_through = \(day), version = version + 1
                WHERE id = \(id)
                RETURNING \(TaxExemption.columns)
                """, TaxExemption.init(row:))
        }
        guard let ended else { throw Problem.notFound }
        return ended
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM tax_exemptions WHERE id = \(id)")
    }
}
