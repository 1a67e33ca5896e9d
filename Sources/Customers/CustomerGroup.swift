package import Kernel
package import Tenancy

/// Customers for whom a provider decides something together: resellers, schools, friends of the house.
package struct CustomerGroup: Versioned, Sendable, Hashable {
    package let id: CustomerGroupID
    /// Unique in the tenant.
    package var name: Text<1, 120>
    /// What is decided for all of them who do not differ themselves.
    package var policies: PolicySettings
    package let version: Int
}
