package import BillingMath
package import Kernel

/// What shows that a customer need not pay tax.
package struct TaxExemption: Versioned, Sendable, Hashable {
    package let id: TaxExemptionID
    package let customer: CustomerID
    package let certificate: TaxBuyer.Certificate
    package let version: Int
    package let recordedAt: Instant
}
