import Kernel
import Platform
import Postgres
import Tenancy
import Web

/// The verbs on customer groups.
package struct CustomerGroups: Sendable {
    private let database: Database
    private let tenants: Tenants

    init(database: Database, tenants: Tenants) {
        self.database = database
        self.tenants = tenants
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<CustomerGroup> {
        try await database.read(scope) { tx in try await CustomerGroup.list(page, in: tx) }
    }

    func read(_ id: CustomerGroupID, _ scope: TenantScope) async throws -> CustomerGroup {
        try await database.read(scope) { tx in
            guard let group = try await CustomerGroup.find(id, in: tx) else { throw Problem.notFound }
            return group
        }
    }

    /// Throws `groupNameTaken`.
    func create(_ name: Text<1, 120>, in change: Change) async throws -> CustomerGroup {
        let group = CustomerGroup(id: .new(), name: name, policies: .none, version: 1)
        try await group.insert(in: change.tx, at: change.now)
        return group
    }

    /// Throws `groupNameTaken`.
    func change(
        _ id: CustomerGroupID, in change: Change, _ apply: (inout CustomerGroup) -> Void
    ) async throws -> Changed<CustomerGroup> {
        let before = try await change.subject(CustomerGroup.find(id, in: change.tx))
        var group = before
        apply(&group)
        return Changed(from: before, to: try await group.update(in: change.tx))
    }

    /// Returns what there was. Throws `groupInUse` while customers are in it, or prices for it.
    func delete(_ id: CustomerGroupID, in change: Change) async throws -> CustomerGroup {
        let group = try await change.subject(CustomerGroup.find(id, in: change.tx))
        try await group.delete(in: change.tx)
        return group
    }

    /// What counts for the members of a group who do not differ themselves.
    func cascade(of group: CustomerGroup, in tx: Transaction) async throws -> PolicyCascade {
        PolicyCascade(
            tenant: try await tenants.calendar(in: tx).settings.policies, customerGroup: group.policies)
    }
}
