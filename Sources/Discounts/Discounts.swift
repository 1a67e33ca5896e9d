package import Kernel
package import Postgres
package import Web

/// The front door of discounts: what lowers a price, for whom and how long.
package struct Discounts: Sendable {
    package let coupons: Coupons

    package init(database: Database, clock: RealClock) {
        coupons = Coupons(database: database, clock: clock)
    }

    package var endpoints: [Endpoint] { couponEndpoints }
}

extension Permission {
    static let couponsRead = Permission("coupons", .read)
    static let couponsWrite = Permission("coupons", .write)
}
