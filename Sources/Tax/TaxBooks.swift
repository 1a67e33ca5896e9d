package import BillingMath
package import Kernel
package import Postgres
package import Tenancy

/// What decides about a tenant's tax, read once for all that is decided together.
package struct TaxBooks: Sendable {
    /// In a constant number of statements.
    package func open(_ settings: TenantSettings, in tx: Transaction) async throws -> TaxBook {
        let rates = try await TaxRateEntry.all(in: tx)
        let rules = try await TaxRuleEntry.all(in: tx)
        let registrations = try await TaxRegistrationEntry.all(in: tx)
        return TaxBook(
            home: settings.seller.country, registrations: registrations.map(\.registration),
            rules: rules.map(\.rule), rates: rates.map(\.rule),
            taxesSmallSalesAtHome: PolicyCascade(tenant: settings.policies).value(Policies.euConsumerRates)
                == .home)
    }
}

extension TaxRateEntry {
    fileprivate var rule: TaxRule {
        TaxRule(country, tax: "general", name: name.text, rate: rate)
    }
}

extension TaxBuyer {
    /// A customer's address tells the region as people write it: `QC`, `ca-qc`. What is no code of ISO 3166-2
    /// is none.
    package static func region(_ text: String?, in country: CountryCode) -> String? {
        guard var code = text?.uppercased() else { return nil }
        if code.hasPrefix(country.text + "-") { code.removeFirst(3) }
        return RegionCode(code)?.text
    }
}
