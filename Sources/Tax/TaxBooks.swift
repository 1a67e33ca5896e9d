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

    /// Whether a tax number makes a customer a business in the eyes of tax: a company's, in the form of a VAT
    /// number of its own country. Council Directive 2006/112/EC, Article 215: the prefix is the country's
    /// code of ISO 3166, EL for Greece. Spaces, dots and hyphens are how people write it.
    package static func isBusiness(isCompany: Bool, taxID: String?, in country: CountryCode) -> Bool {
        guard isCompany, let taxID else { return false }
        let number = taxID.uppercased().filter { !" .-".contains($0) }
        let prefix = country.text == "GR" ? "EL" : country.text
        guard number.hasPrefix(prefix) else { return false }
        let digits = number.dropFirst(2)
        return (2...13).contains(digits.utf8.count) && digits.contains(where: \.isNumber)
            && digits.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
    }
}
