package import BillingMath
package import Kernel

/// The days of a subscription that comes from a former system.
package struct SubscriptionDays: Sendable, Hashable {
    package let startedOn: Day
    package let trialUntil: Day?
    package let cancelOn: Day?
    package let terms: Schedule
    /// The former system has billed all terms before this one.
    package let firstTerm: Int

    package init(startedOn: Day, trialUntil: Day?, cancelOn: Day?, terms: Schedule, firstTerm: Int) {
        self.startedOn = startedOn
        self.trialUntil = trialUntil
        self.cancelOn = cancelOn
        self.terms = terms
        self.firstTerm = firstTerm
    }
}

extension Subscription {
    /// As the former system left it. Who suspended a suspended one is not known: it counts as staff's doing.
    package init(
        imported reference: Code, of customer: CustomerID, state: State, currency: Currency,
        days: SubscriptionDays,
        recordedAt: Instant
    ) {
        id = .new()
        self.customer = customer
        self.reference = reference
        self.state = state
        suspensionReason = state == .suspended ? .staff : nil
        suspendedOn = nil
        suspensionBilling = nil
        self.currency = currency
        startedOn = days.startedOn
        trialUntil = days.trialUntil
        cancelOn = days.cancelOn
        version = 1
        self.recordedAt = recordedAt
    }
}
