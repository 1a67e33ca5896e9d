import BillingMath
import Kernel
import Postgres
import Tax

/// tax_rates.csv
struct TaxRateRows: RowKind {
    static let name = "tax_rates"
    static let columns = ["country", "name", "percent"]
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { \.taxRates }

    let tax: Tax

    func parse(_ cells: Cells) throws(CellRefusal) -> TaxRates.Draft {
        let country: CountryCode = try cells.text("country")
        let name: Text<1, 60> = try cells.text("name")
        do {
            return TaxRates.Draft(
                country: country, name: name, rate: try TaxRate(percent: cells.record["percent"]))
        } catch {
            throw CellRefusal("percent", "\(error)")
        }
    }

    func key(of row: TaxRates.Draft) -> String { row.country.text }

    func write(_ rows: [TaxRates.Draft], in tx: Transaction) async throws -> [CellRefusal?] {
        let known = try await tax.rates.rates(in: tx)
        try await tax.rates.put(rows.filter { known[$0.country] == nil }, in: tx)
        return rows.map { row in
            known[row.country] == nil
                ? nil : CellRefusal("country", "has a rate already that was not imported from this file")
        }
    }
}
