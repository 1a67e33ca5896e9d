package import BillingMath
package import Kernel
package import Tenancy

/// What a customer has bought and pays for term by term.
package struct Subscription: Versioned, Sendable, Hashable {
    package let id: SubscriptionID
    package let customer: CustomerID
    /// What the provider calls it, unique in the tenant.
    package let reference: Code?
    package var state: State
    package var suspensionReason: SuspensionReason?
    package let currency: Currency
    package let startedOn: Day
    package let trialUntil: Day?
    /// No term that starts on or after this day is billed; running terms are never shortened.
    package var cancelOn: Day?
    /// What is decided for this subscription alone.
    package var policies = PolicySettings.none
    package let version: Int
    package let recordedAt: Instant

    /// What all terms are counted from.
    package var anchor: Day { trialUntil ?? startedOn }
}

extension Subscription {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Ordered; its first day is still to come.
        case pending
        case trial, active, suspended, cancelled

        /// The table of allowed moves.
        package var next: Set<State> {
            switch self {
            case .pending: [.trial, .active, .cancelled]
            case .trial: [.active, .suspended, .cancelled]
            case .active: [.suspended, .cancelled]
            case .suspended: [.active, .cancelled]
            case .cancelled: []
            }
        }
    }

    package enum SuspensionReason: String, Codable, Sendable, CaseIterable {
        case overdue, staff, paused, abuse
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case suspend, resume, cancel
    }

    /// Only an active subscription is billed.
    package var isBillable: Bool { state == .active }

    package func allows(_ action: Action) -> Bool {
        switch action {
        case .suspend: state.next.contains(.suspended)
        case .resume: state == .suspended
        case .cancel: state.next.contains(.cancelled)
        }
    }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.subscriptionsWrite) ? Action.allCases.filter(allows) : []
    }

    func require(_ action: Action) throws {
        guard allows(action) else {
            throw SubscriptionsProblem.wrongState.with(
                detail: "The subscription is \(state.rawValue): it takes no \(action.rawValue).")
        }
    }
}

/// One product in a subscription, at the price version it was sold at.
package struct SubscriptionItem: Sendable, Hashable {
    package let id: SubscriptionItemID
    package let subscription: SubscriptionID
    package let product: ProductID
    package let quantity: Quantity
    package let schedule: ItemSchedule
}

/// By what an item is billed: terms of one interval from an anchor, at one price version. A change closes it
/// and opens the next.
package struct ItemSchedule: Sendable, Hashable {
    package let number: Int
    package let price: PriceID
    package let terms: Schedule
    /// Terms before this one were billed by a former system; 0 for all others.
    package let firstTerm: Int
    /// The first term that is not billed yet, and the day it starts; no day when none will ever be due.
    package let nextTerm: Int
    package let nextDueOn: Day?

    /// A schedule as it begins.
    package init(price: PriceID, terms: Schedule, firstTerm: Int, cancelOn: Day?) {
        number = 1
        self.price = price
        self.terms = terms
        self.firstTerm = firstTerm
        nextTerm = firstTerm
        nextDueOn = terms.start(of: firstTerm).flatMap { start in
            cancelOn.map { start < $0 } ?? true ? start : nil
        }
    }

    init(number: Int, price: PriceID, terms: Schedule, firstTerm: Int, next: (term: Int, dueOn: Day?)) {
        self.number = number
        self.price = price
        self.terms = terms
        self.firstTerm = firstTerm
        nextTerm = next.term
        nextDueOn = next.dueOn
    }

    /// When the term that runs on `day` ends; the anchor when none has begun.
    func endOfTerm(runningOn day: Day) -> Day? {
        guard let number = terms.number(runningOn: day) else { return terms.anchor }
        return terms.start(of: number + 1)
    }
}
