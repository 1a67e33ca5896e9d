package import BillingMath
package import Kernel

/// A registration for tax that a provider has.
package struct TaxRegistrationEntry: Versioned, Sendable, Hashable {
    package let id: TaxRegistrationID
    /// What the authority calls the provider: a VAT number.
    package let number: Text<1, 40>?
    package let registration: TaxRegistration
    package let version: Int
    package let recordedAt: Instant

    /// A billing run reads all of them at once.
    static let limit = 500
}
