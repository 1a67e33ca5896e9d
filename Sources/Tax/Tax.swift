package import Kernel
package import Postgres
package import Web

/// The front door of tax: which rate applies to a customer.
package struct Tax: Sendable {
    package let rates: TaxRates

    package init(database: Database, clock: RealClock) {
        rates = TaxRates(database: database, clock: clock)
    }

    package var endpoints: [Endpoint] {
        rateEndpoints
    }
}

extension Permission {
    static let taxRead = Permission("tax", .read)
    static let taxManage = Permission("tax", .manage)
}
