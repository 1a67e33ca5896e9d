package import Kernel
import Platform
package import Postgres

/// How many of which products are asked for, item by item. Products without a stock take any number.
package struct StockDemand: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        /// Among the items that were sent, from 0.
        let place: Int
        let product: ProductID
        let units: Int64

        package init(place: Int, product: ProductID, units: Int64) {
            self.place = place
            self.product = product
            self.units = units
        }
    }

    let items: [Item]

    package init(_ items: [Item]) {
        self.items = items.filter { $0.units > 0 }
    }

    /// Throws `outOfStock` about each item for which too few are left. Takes nothing.
    package func check(in tx: Transaction) async throws {
        try await refuse(beyond: left(isHeld: false, in: tx))
    }

    /// Takes them all, or throws `outOfStock` about each item for which too few are left.
    package func take(in tx: Transaction, at now: Instant) async throws {
        let left = try await left(isHeld: true, in: tx)
        guard !left.isEmpty else { return }
        try refuse(beyond: left)
        let taken = Dictionary(grouping: items.filter { left[$0.product] != nil }, by: \.product)
            .mapValues { $0.reduce(0) { $0 + $1.units } }
        let sold = try await SoldStock.take(taken, in: tx)
        try await Event.record(sold.map(CatalogEvents.updated), in: tx, at: now)
        try await CatalogNews.tell(in: tx)
    }

    private func left(isHeld: Bool, in tx: Transaction) async throws -> [ProductID: Int64] {
        guard !items.isEmpty else { return [:] }
        return try await SoldStock.left(of: Set(items.map(\.product)), isHeld: isHeld, in: tx)
    }

    /// Items are served in the order in which they were sent.
    private func refuse(beyond stock: [ProductID: Int64]) throws {
        var left = stock
        let errors = items.compactMap { item -> FieldError? in
            guard let rest = left[item.product] else { return nil }
            guard item.units > rest else {
                left[item.product] = rest - item.units
                return nil
            }
            return FieldError(
                "/items/\(item.place)", "asks for \(item.units), and only \(rest) can still be sold")
        }
        if !errors.isEmpty { throw CatalogProblem.outOfStock.with(errors: errors) }
    }
}

/// A product of whose stock something was taken.
struct SoldStock: Sendable {
    let product: ProductID
    let version: Int
}
