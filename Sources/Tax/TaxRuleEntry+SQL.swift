import BillingMath
import Kernel
import Postgres

extension TaxRuleEntry {
    private static let columns: SQL =
        """
        id, country, region, tax, name, tax_class, rate_ppm, zero_means, place, is_compound, valid_from,
        valid_through, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
        guard let rate = TaxRate(ratePPM: try row["rate_ppm"]) else { throw TaxRateError.outOfRange }
        var terms = TaxRule.Terms()
        terms.taxClass = try row["tax_class"]
        terms.zeroMeans = try row["zero_means"]
        terms.place = Int(try row["place"] as Int16)
        terms.isCompound = try row["is_compound"]
        terms.validity = try Validity(row: row)
        rule = TaxRule(
            try row["country"], region: try row["region"], tax: try row["tax"], name: try row["name"],
            rate: rate, terms: terms)
    }

    static func find(_ id: TaxRuleID, in tx: Transaction) async throws -> TaxRuleEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_rules WHERE id = \(id)", TaxRuleEntry.init(row:))
    }

    static func lock(_ id: TaxRuleID, in tx: Transaction) async throws -> TaxRuleEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_rules WHERE id = \(id) FOR UPDATE", TaxRuleEntry.init(row:))
    }

    static func list(
        of country: CountryCode?, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<TaxRuleEntry> {
        var condition: SQL = country.map { "country = \($0)" } ?? "TRUE"
        if let last = page.cursor.flatMap(TaxRuleID.init) { condition = "\(condition) AND id > \(last)" }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM tax_rules
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, TaxRuleEntry.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    static func all(in tx: Transaction) async throws -> [TaxRuleEntry] {
        try await tx.all("SELECT \(columns) FROM tax_rules ORDER BY id", TaxRuleEntry.init(row:))
    }

    static func count(in tx: Transaction) async throws -> Int {
        try await tx.first("SELECT count(*) AS rules FROM tax_rules") { try $0["rules"] } ?? 0
    }

    func insert(in tx: Transaction) async throws {
        try await refusing(TaxProblem.byConstraint) {
            try await tx.run(
                """
                INSERT INTO tax_rules (tenant_id, id, country, region, tax, name, tax_class, rate_ppm,
                    zero_means, place, is_compound, valid_from, valid_through, version, recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(rule.country), \(rule.region), \(rule.tax),
                    \(rule.name), \(rule.taxClass), \(rule.rate.ratePPM), \(rule.zeroMeans),
                    \(Int16(rule.place)), \(rule.isCompound), \(rule.validity.from),
                    \(rule.validity.through), \(Int32(version)), \(recordedAt))
                """)
        }
    }

    func ending(on day: Day?, in tx: Transaction) async throws -> TaxRuleEntry {
        let ended = try await refusing(TaxProblem.byConstraint) {
            try await tx.first(
                """
                UPDATE tax_rules SET valid_through = \(day), version = version + 1
                WHERE id = \(id)
                RETURNING \(TaxRuleEntry.columns)
                """, TaxRuleEntry.init(row:))
        }
        guard let ended else { throw Problem.notFound }
        return ended
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM tax_rules WHERE id = \(id)")
    }
}

extension Validity {
    init(row: Row) throws {
        self.init(from: try row["valid_from"], through: try row["valid_through"])
    }
}
