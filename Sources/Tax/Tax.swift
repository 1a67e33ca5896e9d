package import Kernel
package import Postgres
package import Web

/// The front door of tax: where a provider is registered, which rates and rules apply, and who is exempt.
package struct Tax: Sendable {
    package let rates: TaxRates
    package let books: TaxBooks
    let rules: TaxRules
    let registrations: TaxRegistrations
    let exemptions: TaxExemptions

    package init(database: Database, clock: RealClock) {
        rates = TaxRates(database: database, clock: clock)
        books = TaxBooks()
        rules = TaxRules(database: database)
        registrations = TaxRegistrations(database: database)
        exemptions = TaxExemptions(database: database)
    }

    package var endpoints: [Endpoint] {
        rateEndpoints + ruleEndpoints + registrationEndpoints + exemptionEndpoints
    }
}

extension Permission {
    static let taxRead = Permission("tax", .read)
    static let taxManage = Permission("tax", .manage)
}
