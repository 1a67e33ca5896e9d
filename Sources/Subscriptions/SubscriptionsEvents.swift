import Kernel
import Platform

/// What others may hear of subscriptions.
enum SubscriptionsEvents {
    static func created(_ subscription: Subscription) -> Event {
        Event("subscription.created", subscription.id, version: subscription.version)
    }

    /// `subscription.active`, `subscription.suspended`, `subscription.cancelled`.
    static func moved(_ id: SubscriptionID, to state: Subscription.State, version: Int) -> Event {
        Event("subscription.\(state.rawValue)", id, version: version)
    }

    static func policiesChanged(_ subscription: Subscription) -> Event {
        Event("subscription.policies_changed", subscription.id, version: subscription.version)
    }

    static func cancellationScheduled(_ subscription: Subscription) -> Event {
        Event("subscription.cancellation_scheduled", subscription.id, version: subscription.version)
    }
}
