package import Kernel
package import Postgres
package import Web

/// The front door of the catalogue: what a provider sells, and for how much.
package struct Catalog: Sendable {
    package let products: Products
    package let prices: Prices
    package let families: ProductFamilies

    package init(database: Database, clock: RealClock) {
        products = Products(database: database, clock: clock)
        prices = Prices(database: database, clock: clock)
        families = ProductFamilies(database: database, clock: clock)
    }

    package var endpoints: [Endpoint] {
        productEndpoints + upgradePathEndpoints + priceEndpoints + familyEndpoints
    }
}

extension Permission {
    static let catalogRead = Permission("catalog", .read)
    static let catalogWrite = Permission("catalog", .write)
}
