package import Kernel

/// What tenancy may refuse.
package enum TenancyProblem {
    package static let slugTaken = Problem(
        "slug_taken", status: 409, "Another company on this installation has this slug. Choose another.")
    package static let hostNameTaken = Problem(
        "host_name_taken", status: 409, "This host name already leads to a company. Remove it there first.")
    package static let unknownTenant = Problem(
        "unknown_tenant", status: 404,
        "There is no company with this slug. `mpanel tenant list` shows those there are.")
}
