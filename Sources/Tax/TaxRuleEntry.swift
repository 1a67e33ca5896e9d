package import BillingMath
package import Kernel

/// A rule of tax that a provider keeps.
package struct TaxRuleEntry: Versioned, Sendable, Hashable {
    package let id: TaxRuleID
    package let rule: TaxRule
    package let version: Int
    package let recordedAt: Instant

    /// A billing run reads all of them at once, and every line goes through those of its country.
    static let limit = 5000
}
