package import BillingMath
package import Kernel

/// What a provider charges as tax in one country.
package struct TaxRateEntry: Versioned, Sendable, Hashable {
    package let country: CountryCode
    /// As it stands on an invoice: `VAT`, `MwSt`.
    package let name: Text<1, 60>
    package let rate: TaxRate
    package let version: Int
    package let recordedAt: Instant
}
