import Catalog
import Kernel
import Postgres

/// prices.csv
struct PriceRows: RowKind {
    struct Parsed: Sendable {
        let product: Code
        let currency: Currency
        let interval: Interval
        let amountMinor: Int64
        let setupFeeMinor: Int64
    }

    static let name = "prices"
    static let columns = [
        "product_code", "currency", "interval_unit", "interval_count", "amount", "setup_fee",
    ]
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { \.prices }

    let catalog: Catalog

    func parse(_ cells: Cells) throws(CellRefusal) -> Parsed {
        let product: Code = try cells.text("product_code")
        let currency = try cells.currency("currency")
        let interval = try cells.interval("interval_unit", "interval_count")
        if cells.record["amount"].isEmpty { throw CellRefusal("amount", "is missing") }
        return Parsed(
            product: product, currency: currency, interval: interval,
            amountMinor: try cells.amountMinor("amount", currency),
            setupFeeMinor: try cells.amountMinor("setup_fee", currency))
    }

    func key(of row: Parsed) -> String {
        "\(row.product) \(row.currency) \(row.interval.unit.rawValue) \(row.interval.count)"
    }

    func write(_ rows: [Parsed], in tx: Transaction) async throws -> [CellRefusal?] {
        let sold = try await SoldPrices.read(rows.map(\.product), in: tx)
        var refusals: [CellRefusal?] = []
        var prices: [(ProductID, PriceDraft)] = []
        for row in rows {
            guard let product = sold.products[row.product] else {
                refusals.append(CellRefusal("product_code", "is not the code of a product"))
                continue
            }
            guard sold.price(row.product, row.currency, row.interval) == nil else {
                refusals.append(
                    CellRefusal("amount", "is set already, by a price that was not imported from this file"))
                continue
            }
            prices.append(
                (
                    product,
                    try PriceDraft(
                        currency: row.currency, interval: row.interval, amountMinor: row.amountMinor,
                        setupFeeMinor: row.setupFeeMinor)
                ))
            refusals.append(nil)
        }
        try await catalog.prices.add(prices, in: tx)
        return refusals
    }
}

/// Products by code with their current prices.
struct SoldPrices: Sendable {
    let products: [Code: ProductID]
    private let prices: [PriceKey: Price]

    static func read(_ codes: [Code], in tx: Transaction) async throws -> SoldPrices {
        let products = try await Product.find(codes: codes, in: tx)
        let prices = try await Price.current(of: products.map(\.id), in: tx)
        return SoldPrices(
            products: Dictionary(uniqueKeysWithValues: products.map { ($0.code, $0.id) }),
            prices: Dictionary(
                uniqueKeysWithValues: prices.map {
                    (PriceKey(product: $0.product, currency: $0.currency, interval: $0.interval), $0)
                }))
    }

    func price(_ code: Code, _ currency: Currency, _ interval: Interval) -> Price? {
        products[code].flatMap { prices[PriceKey(product: $0, currency: currency, interval: interval)] }
    }
}
