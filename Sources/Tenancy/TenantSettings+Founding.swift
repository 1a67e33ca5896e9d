package import BillingMath
package import Kernel

/// How a new tenant bills: what it sets of the policies, and nothing of the others.
package struct BillingDefaults: Sendable, Hashable {
    package let invoiceNumberFormat: NumberFormat
    package let policies: PolicySettings

    package init(invoiceNumberFormat: NumberFormat, policies: PolicySettings) {
        self.invoiceNumberFormat = invoiceNumberFormat
        self.policies = policies
    }
}

extension TenantSettings {
    /// The settings of a new tenant: its name is its brand's and its seller's until it says otherwise.
    package init(
        founding name: Text<1, 120>, country: CountryCode, timeZone: ZoneName, locale: LanguageTag,
        currency: Currency, billing: BillingDefaults
    ) {
        self.init(
            version: 1, seller: Seller(name: name, country: country), locale: locale, timeZone: timeZone,
            defaultCurrency: currency, brand: Brand(name: name),
            invoiceNumberFormat: billing.invoiceNumberFormat,
            creditNoteNumberFormat: .creditNotes, policies: billing.policies,
            automationHour: TenantSettings.firstAutomationHour)
    }

    /// Six in the morning: behind the hours in which clocks change and servers report their usage, and before
    /// people are at work, who then find the day's invoices made.
    private static let firstAutomationHour = 6
}

extension NumberFormat {
    /// Credit notes have a series of their own; this is how it looks until a tenant says otherwise.
    // The text is a constant that the format's own rule takes.
    fileprivate static let creditNotes = NumberFormat("CN-{year}-{number:6}")!
}
