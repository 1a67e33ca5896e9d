package import Kernel
package import Platform

/// The front door of tenancy: who the tenants of this installation are and how each works.
package struct Tenancy: Sendable {
    package let tenants: Tenants

    package init(tenants: Tenants) {
        self.tenants = tenants
    }

    package var subscribers: [Subscriber] { [tenants.hostNameSubscriber] }

    /// What this process does about news from others, by the name of the news.
    package var hearers: [BroadcastChannel: Broadcast.Hearer] { tenants.hearers }
}

extension Permission {
    static let tenantRead = Permission("tenant", .read)
    static let tenantManage = Permission("tenant", .manage)

    // A customer's users see what follows from policies, on their invoices, and not the policies.
    package static let policiesRead = Permission("policies", .read)
    /// For the policies of groups, customers and subscriptions; the company's own take `policiesManage`.
    package static let policiesWrite = Permission("policies", .write)
    static let policiesManage = Permission("policies", .manage)
}
