package import BillingMath
package import Kernel

/// An item that could not be billed, with what the planner was given of it and why. No run tries it until it
/// is released.
package struct QuarantinedItem: Sendable, Hashable {
    package let id: QuarantinedItemID
    package let item: SubscriptionItemID
    package let subscription: SubscriptionID
    /// What the provider calls the subscription.
    package let reference: Code?
    package let customer: CustomerID
    package let reason: BillingFailure.Reason
    /// A sentence for whoever looks at it.
    package let detail: String
    package let inputs: BillingInputs
    /// The tenant's day.
    package let quarantinedOn: Day
    package let quarantinedAt: Instant
    /// How often it could not be billed: by the run that brought it here, and by replays since.
    package let attempts: Int

    package enum Action: String, Codable, Sendable, CaseIterable {
        case replay, release
    }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.billingWrite) ? Action.allCases : []
    }
}

/// What the planner was given of an item: enough to calculate its lines by hand.
package struct BillingInputs: Sendable, Hashable, Codable {
    /// The day that the run was asked for.
    package let asOf: Day
    /// The tenant's today.
    package let issuedOn: Day
    /// The item's schedules that were due.
    package let schedules: [ScheduleInputs]
}

/// A due schedule as it was stored.
package struct ScheduleInputs: Sendable, Hashable, Codable {
    /// One that was stored need not be one that MPanel knows.
    package struct StoredInterval: Sendable, Hashable, Codable {
        package let unit: String
        package let count: Int
    }

    package let scheduleNumber: Int
    package let anchor: Day
    package let interval: StoredInterval
    package let nextTerm: Int
    package let nextDueOn: Day
    /// Later terms that are billed already.
    package let billedAhead: [Int]
    /// No term that starts on or after this day is billed.
    package let cancelOn: Day?
    package let invoiceDaysBeforeDue: Int
    /// Nil of what came here before prices said it: then in advance.
    package let billed: BillingTiming?
    package let quantity: Quantity
    package let priceId: PriceID
    package let unitPrice: Money
    package let setupFee: Money
}

/// Which quarantined items a list shows.
package struct QuarantineFilter: Sendable {
    package var customer: CustomerID?
    package var reason: BillingFailure.Reason?

    package init(customer: CustomerID? = nil, reason: BillingFailure.Reason? = nil) {
        self.customer = customer
        self.reason = reason
    }
}
