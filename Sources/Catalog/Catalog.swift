package import Kernel
package import Postgres
package import Tenancy
package import Web

/// The front door of the catalogue: what a provider sells, and for how much.
package struct Catalog: Sendable {
    package let products: Products
    package let prices: Prices
    package let priceChanges: ScheduledPriceChanges
    package let families: ProductFamilies

    package init(database: Database, tenants: Tenants, clock: RealClock) {
        products = Products(database: database, clock: clock)
        prices = Prices(database: database, clock: clock)
        priceChanges = ScheduledPriceChanges(database: database, tenants: tenants)
        families = ProductFamilies(database: database, clock: clock)
    }

    package var endpoints: [Endpoint] {
        productEndpoints + upgradePathEndpoints + priceEndpoints + scheduledPriceChangeEndpoints
            + familyEndpoints
    }
}

extension Permission {
    static let catalogRead = Permission("catalog", .read)
    static let catalogWrite = Permission("catalog", .write)
}
