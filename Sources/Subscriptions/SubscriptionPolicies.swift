import Customers
package import Kernel
import Platform
import Postgres
package import Tenancy
import Web

extension Subscription: PolicyHolder {
    package typealias HolderKind = SubscriptionKind
    package static var policyLevel: PolicyLevel { .subscription }
}

/// A subscription and what counts for it.
struct SubscriptionPolicies: Sendable {
    let subscription: Subscription
    let cascade: PolicyCascade
}

// The verbs on policies.
extension Subscriptions {
    func policies(of id: SubscriptionID, _ scope: TenantScope) async throws -> SubscriptionPolicies {
        try await database.read(scope) { tx in
            guard let subscription = try await Subscription.find(id, in: tx) else { throw Problem.notFound }
            return try await policies(of: subscription, in: tx)
        }
    }

    func changePolicies(
        of id: SubscriptionID, in change: Change, _ apply: (inout PolicySettings) -> Void
    ) async throws -> Changed<SubscriptionPolicies> {
        let found = try await change.subject(Subscription.lock(id, in: change.tx))
        let before = try await policies(of: found, in: change.tx)
        var subscription = found
        apply(&subscription.policies)
        let updated = try await subscription.updatePolicies(in: change.tx)
        try await Event.record([SubscriptionsEvents.policiesChanged(updated)], in: change.tx, at: change.now)
        return Changed(from: before, to: try await policies(of: updated, in: change.tx))
    }

    private func policies(
        of subscription: Subscription, in tx: Transaction
    ) async throws -> SubscriptionPolicies {
        guard let customer = try await Customer.find(subscription.customer, in: tx) else {
            throw Problem.notFound
        }
        let settings = try await tenants.calendar(in: tx).settings
        let cascade = try await customer.cascade(under: settings, in: tx)
            .with(subscription: subscription.policies)
        return SubscriptionPolicies(subscription: subscription, cascade: cascade)
    }
}
