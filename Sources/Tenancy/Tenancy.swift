import Kernel
import Web

/// The front door of tenancy: who the tenants of this installation are and how each works.
package struct Tenancy: Sendable {
    package let tenants: Tenants

    package init(tenants: Tenants) {
        self.tenants = tenants
    }
}

extension Permission {
    static let tenantRead = Permission("tenant", .read)
    static let tenantManage = Permission("tenant", .manage)
}
