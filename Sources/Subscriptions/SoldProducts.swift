import Catalog
import Kernel
import Postgres

// What the catalogue allows of what is to be sold: to which products an item may change, and how many there
// are.
extension SubscriptionHistory {
    /// What a move sells in addition to what is sold before it. Throws `notAnUpgradePath`.
    func demand(of move: SubscriptionMove, today: Day, in tx: Transaction) async throws -> StockDemand {
        guard case .change(let change) = move else { return StockDemand([]) }
        let sales = sales(by: change, today: today)
        if !change.overridesUpgradePaths {
            let left = Set(sales.filter(\.isExchange).compactMap(\.before?.product))
            if !left.isEmpty {
                try Sale.requirePaths(of: sales, in: await UpgradePaths.limits(of: left.sorted(), in: tx))
            }
        }
        return StockDemand(
            sales.map { StockDemand.Item(place: $0.place, product: $0.after.product, units: $0.addedUnits) })
    }

    /// Of each part that does not only remove. A part that cannot be made is none: the change is refused.
    private func sales(by change: ItemsChange, today: Day) -> [Sale] {
        change.parts.enumerated().compactMap { place, part in
            let before = items.first { $0.id == part.item }?.schedule(on: today).schedule
            guard !part.isRemoval, let product = part.offer?.product ?? before?.product else { return nil }
            return Sale(
                place: place, before: before.map { Sale.Sold(product: $0.product, quantity: $0.quantity) },
                after: Sale.Sold(product: product, quantity: part.quantity ?? before?.quantity ?? .one))
        }
    }
}

/// What is sold by one part of a change, and in the place of what.
private struct Sale {
    struct Sold {
        let product: ProductID
        let quantity: Quantity
    }

    let place: Int
    /// Nil for an item that is added.
    let before: Sold?
    let after: Sold

    var isExchange: Bool { before.map { $0.product != after.product } ?? false }

    /// Of the same product only the difference; less than before takes nothing and gives nothing back.
    var addedUnits: Int64 {
        let kept = isExchange ? 0 : before?.quantity.wholeUnits ?? 0
        return max(0, after.quantity.wholeUnits - kept)
    }

    static func requirePaths(of sales: [Sale], in limits: [ProductID: [ProductID]]) throws {
        let errors = sales.filter(\.isExchange).compactMap { sale -> FieldError? in
            guard let before = sale.before, let paths = limits[before.product],
                !paths.contains(sale.after.product)
            else { return nil }
            return FieldError(
                "/items/\(sale.place)/price_id", "is of a product to which \(before.product) may not change")
        }
        if !errors.isEmpty { throw SubscriptionsProblem.notAnUpgradePath.with(errors: errors) }
    }
}

extension StockDemand {
    /// What an order asks for, at the prices of its items.
    init(_ order: Subscriptions.Order, _ prices: [Price]) {
        self.init(
            zip(order.items, prices).enumerated().map { place, sold in
                Item(place: place, product: sold.1.product, units: sold.0.quantity.wholeUnits)
            })
    }
}
