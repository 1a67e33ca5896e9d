import Kernel
import Platform

/// What others may hear of tenants.
enum TenancyEvents {
    static let hostNameAdded = "host_name.added"

    /// Host names have no versions; their order tells nobody anything.
    static func hostNameAdded(to tenant: TenantID) -> Event {
        Event(hostNameAdded, tenant, version: 1)
    }
}
