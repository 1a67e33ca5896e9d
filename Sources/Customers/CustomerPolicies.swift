package import Kernel
import Platform
package import Postgres
package import Tenancy
import Web

extension Customer: PolicyHolder {
    package typealias HolderKind = CustomerKind
    package static var policyLevel: PolicyLevel { .customer }
}

extension Customer {
    /// What counts for this customer of what it, its group and the company have set.
    package func cascade(under settings: TenantSettings, in tx: Transaction) async throws -> PolicyCascade {
        let groups = try await CustomerGroup.policies(of: group.map { [$0] } ?? [], in: tx)
        return PolicyCascade(
            tenant: settings.policies, customerGroup: group.flatMap { groups[$0] } ?? .none,
            customer: policies)
    }
}

// The verbs on policies.
extension Customers {
    func policies(
        of id: CustomerID, _ scope: TenantScope
    ) async throws -> (customer: Customer, cascade: PolicyCascade) {
        try await database.read(scope) { tx in try await policies(of: id, in: tx) }
    }

    func changePolicies(
        of id: CustomerID, in change: Change, _ apply: (inout PolicySettings) -> Void
    ) async throws -> Changed<(customer: Customer, cascade: PolicyCascade)> {
        let before = try await policies(of: id, in: change.tx)
        let changed = try await self.change(id, in: change) { apply(&$0.policies) }
        return Changed(
            from: before, to: (changed.after, try await cascade(of: changed.after, in: change.tx)))
    }

    func groupPolicies(
        _ id: CustomerGroupID, _ scope: TenantScope
    ) async throws -> (group: CustomerGroup, cascade: PolicyCascade) {
        try await database.read(scope) { tx in try await groupPolicies(id, in: tx) }
    }

    func changeGroupPolicies(
        of id: CustomerGroupID, in change: Change, _ apply: (inout PolicySettings) -> Void
    ) async throws -> Changed<(group: CustomerGroup, cascade: PolicyCascade)> {
        let before = try await groupPolicies(id, in: change.tx)
        let changed = try await groups.change(id, in: change) { apply(&$0.policies) }
        return Changed(
            from: before, to: (changed.after, try await groups.cascade(of: changed.after, in: change.tx)))
    }

    private func policies(
        of id: CustomerID, in tx: Transaction
    ) async throws -> (customer: Customer, cascade: PolicyCascade) {
        guard let customer = try await Customer.find(id, in: tx) else { throw Problem.notFound }
        return (customer, try await cascade(of: customer, in: tx))
    }

    private func groupPolicies(
        _ id: CustomerGroupID, in tx: Transaction
    ) async throws -> (group: CustomerGroup, cascade: PolicyCascade) {
        guard let group = try await CustomerGroup.find(id, in: tx) else { throw Problem.notFound }
        return (group, try await groups.cascade(of: group, in: tx))
    }

    private func cascade(of customer: Customer, in tx: Transaction) async throws -> PolicyCascade {
        try await customer.cascade(under: tenants.calendar(in: tx).settings, in: tx)
    }
}
