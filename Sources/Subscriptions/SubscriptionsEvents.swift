import Kernel
import Platform
import Postgres

/// What others may hear of subscriptions.
enum SubscriptionsEvents {
    static func created(_ subscription: Subscription) -> Event {
        Event("subscription.created", subscription.id, version: subscription.version)
    }

    /// `subscription.active`, `subscription.suspended`, `subscription.cancelled`.
    static func moved(_ id: SubscriptionID, to state: Subscription.State, version: Int) -> Event {
        Event("subscription.\(state.rawValue)", id, version: version)
    }

    /// An item of it could not be billed. It changes nothing of the subscription, whose version stays.
    static func quarantined(_ item: QuarantinedItem, version: Int) throws -> Event {
        let ids = ["item_id": "\(item.item)", "quarantined_item_id": "\(item.id)"]
        return Event(
            "subscription.quarantined", item.subscription, version: version,
            payload: try JSONText(encoding: ids))
    }

    static func discounted(_ discount: SubscriptionDiscount) -> Event {
        Event("discount.created", discount.id, version: discount.version)
    }

    static func discountEnded(_ discount: SubscriptionDiscount) -> Event {
        Event("discount.ended", discount.id, version: discount.version)
    }

    /// It ends soon unless somebody renews it.
    static func renewalOffered(_ id: SubscriptionID, version: Int) -> Event {
        Event("subscription.renewal_offered", id, version: version)
    }

    static func policiesChanged(_ subscription: Subscription) -> Event {
        Event("subscription.policies_changed", subscription.id, version: subscription.version)
    }

    /// What a move is heard as: that the subscription is in another state, that it will end, or that it has
    /// changed.
    static func made(
        _ move: SubscriptionMove, _ before: Subscription, _ after: Subscription
    ) -> [Event] {
        if after.state != before.state, move.action != .renew {
            return [moved(after.id, to: after.state, version: after.version)]
        }
        let name =
            switch move.action {
            case .cancel: "cancellation_scheduled"
            case .renew: "renewed"
            default: "changed"
            }
        return [Event("subscription.\(name)", after.id, version: after.version)]
    }
}
