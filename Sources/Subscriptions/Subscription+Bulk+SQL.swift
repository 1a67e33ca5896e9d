import BillingMath
package import Kernel
package import Postgres

extension Subscription {
    /// Writes many subscriptions with their items in a constant number of statements.
    static func insert(_ subscriptions: [SubscriptionWithItems], in tx: Transaction) async throws {
        guard !subscriptions.isEmpty else { return }
        let items = subscriptions.flatMap { whole in whole.items.map { (whole.subscription, $0) } }
        try await refusing([
            "subscriptions_reference_key": SubscriptionsProblem.referenceTaken,
            "subscriptions_customer_fkey": SubscriptionsProblem.unknownCustomer,
        ]) {
            _ = try await tx.pipeline([
                insertion(of: subscriptions.map(\.subscription), tenant: tx.scope.tenant),
                insertion(
                    of: items, tenant: tx.scope.tenant, recordedAt: subscriptions[0].subscription.recordedAt),
                scheduleInsertion(of: items, tenant: tx.scope.tenant),
                openingInsertion(of: items, tenant: tx.scope.tenant),
            ])
        }
    }

    private static func insertion(of subscriptions: [Subscription], tenant: TenantID) -> SQL {
        """
        INSERT INTO subscriptions (tenant_id, id, customer_id, reference, state, suspension_reason, currency,
            started_on, trial_until, cancel_on, renewal, renewed_until, minimum_until, version, recorded_at)
        SELECT \(tenant), id, customer_id, reference, state, suspension_reason, currency, started_on,
            trial_until, cancel_on, renewal, renewed_until, minimum_until, 1, recorded_at
        FROM unnest(\(subscriptions.map(\.id.uuid)), \(subscriptions.map(\.customer.uuid)),
            \(subscriptions.map(\.reference?.text)), \(subscriptions.map(\.state.rawValue)),
            \(subscriptions.map(\.suspensionReason?.rawValue)), \(subscriptions.map(\.currency.code)),
            \(subscriptions.map(\.startedOn)), \(subscriptions.map(\.trialUntil)),
            \(subscriptions.map(\.cancelOn)), \(subscriptions.map(\.renewal.rawValue)),
            \(subscriptions.map(\.renewedUntil)), \(subscriptions.map(\.minimumUntil)),
            \(subscriptions.map(\.recordedAt)))
            AS s (id, customer_id, reference, state, suspension_reason, currency, started_on, trial_until,
                cancel_on, renewal, renewed_until, minimum_until, recorded_at)
        """
    }

    private static func insertion(
        of items: [(Subscription, SubscriptionItem)], tenant: TenantID, recordedAt: Instant
    ) -> SQL {
        """
        INSERT INTO subscription_items (tenant_id, id, subscription_id, customer_id, recorded_at)
        SELECT \(tenant), id, subscription_id, customer_id, \(recordedAt)
        FROM unnest(\(items.map(\.1.id.uuid)), \(items.map(\.0.id.uuid)), \(items.map(\.0.customer.uuid)))
            AS i (id, subscription_id, customer_id)
        """
    }

    private static func scheduleInsertion(
        of items: [(subscription: Subscription, item: SubscriptionItem)], tenant: TenantID
    ) -> SQL {
        var columns = ScheduleColumns()
        for (subscription, item) in items {
            for schedule in item.schedules {
                columns.append(schedule, of: ScheduleOwner(item.id, in: subscription))
            }
        }
        return columns.insertion(tenant: tenant)
    }

    private static func openingInsertion(
        of items: [(subscription: Subscription, item: SubscriptionItem)], tenant: TenantID
    ) -> SQL {
        let opened = items.filter { $0.item.schedules[0].firstTerm > 0 }
        return """
            INSERT INTO opening_terms (tenant_id, item_id, schedule_no, customer_id, billed_until, first_term)
            SELECT \(tenant), item_id, 1, customer_id, billed_until, first_term
            FROM unnest(\(opened.map(\.item.id.uuid)), \(opened.map(\.subscription.customer.uuid)),
                \(opened.map { $0.item.schedules[0].terms.start(of: $0.item.schedules[0].firstTerm) }),
                \(opened.map { Int32($0.item.schedules[0].firstTerm) }))
                AS o (item_id, customer_id, billed_until, first_term)
            """
    }
}

extension Subscription {
    /// Those of the references that belong to a subscription already.
    package static func taken(_ references: [Code], in tx: Transaction) async throws -> Set<Code> {
        Set(
            try await tx.all(
                "SELECT reference FROM subscriptions WHERE reference = ANY(\(references.map(\.text)))"
            ) {
                try $0["reference"] as Code
            })
    }
}
