import Kernel
import Platform

/// What others may hear of the catalogue.
enum CatalogEvents {
    static func created(_ product: Product) -> Event {
        Event("product.created", product.id, version: product.version)
    }
    static func updated(_ product: Product) -> Event {
        Event("product.updated", product.id, version: product.version)
    }
    static func updated(_ sold: SoldStock) -> Event {
        Event("product.updated", sold.product, version: sold.version)
    }
    static func created(_ price: Price) -> Event { Event("price.created", price.id, version: price.version) }
    static func updated(_ price: Price) -> Event { updated(price.id, version: price.version) }
    static func updated(_ price: PriceID, version: Int) -> Event {
        Event("price.updated", price, version: version)
    }
    static func created(_ change: ScheduledPriceChange) -> Event {
        Event("scheduled_price_change.created", change.id, version: change.version)
    }
    static func moved(_ change: ScheduledPriceChange) -> Event {
        Event("scheduled_price_change.\(change.state.rawValue)", change.id, version: change.version)
    }
}
