import BillingMath
import Kernel
import Postgres

extension TaxRateEntry {
    private static let columns: SQL = "country, name, rate_ppm, version, recorded_at"

    init(row: Row) throws {
        country = try row["country"]
        name = try row["name"]
        guard let rate = TaxRate(ratePPM: try row["rate_ppm"]) else { throw TaxRateError.outOfRange }
        self.rate = rate
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ country: CountryCode, in tx: Transaction) async throws -> TaxRateEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_rates WHERE country = \(country)", TaxRateEntry.init(row:))
    }

    static func lock(_ country: CountryCode, in tx: Transaction) async throws -> TaxRateEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_rates WHERE country = \(country) FOR UPDATE",
            TaxRateEntry.init(row:))
    }

    /// In the order of the countries' codes.
    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<TaxRateEntry> {
        let condition: SQL = page.cursor.map { "country > \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM tax_rates
            WHERE \(condition)
            ORDER BY country
            LIMIT \(page.limit + 1)
            """, TaxRateEntry.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.country.text)
    }

    static func all(in tx: Transaction) async throws -> [TaxRateEntry] {
        try await tx.all("SELECT \(columns) FROM tax_rates", TaxRateEntry.init(row:))
    }

    /// One row a country: sets the rates of countries that have none and replaces those of others.
    static func put(_ drafts: [TaxRates.Draft], in tx: Transaction, at now: Instant) async throws
        -> [TaxRateEntry]
    {
        try await tx.all(
            """
            INSERT INTO tax_rates (tenant_id, country, name, rate_ppm, version, recorded_at)
            SELECT \(tx.scope.tenant), country, name, rate_ppm, 1, \(now)
            FROM unnest(\(drafts.map(\.country)), \(drafts.map(\.name)), \(drafts.map(\.rate.ratePPM)))
                AS draft (country, name, rate_ppm)
            ON CONFLICT (tenant_id, country) DO UPDATE
            SET name = excluded.name, rate_ppm = excluded.rate_ppm, version = tax_rates.version + 1
            RETURNING \(columns)
            """, TaxRateEntry.init(row:))
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM tax_rates WHERE country = \(country)")
    }
}
