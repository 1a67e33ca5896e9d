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
    /// Nil when it is not suspended, or was when it was imported.
    package var suspendedOn: Day?
    /// What was decided at its suspension; nil: what the policies say when it is resumed.
    package var suspensionBilling: SuspensionBilling?
    package let currency: Currency
    package let startedOn: Day
    package let trialUntil: Day?
    /// No term that starts on or after this day is billed; running terms are never shortened.
    package var cancelOn: Day?
    package var renewal = RenewalMode.automatic
    /// Up to where its terms are bought, when it is renewed by hand.
    package var renewedUntil: Day?
    /// Before this day it is only cancelled with a reason.
    package var minimumUntil: Day?
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
        case trial, active, suspended
        /// Nobody renewed it in time; somebody still may.
        case lapsed
        case cancelled

        /// The table of allowed moves.
        package var next: Set<State> {
            switch self {
            case .pending: [.trial, .active, .cancelled]
            case .trial: [.active, .suspended, .cancelled]
            case .active: [.suspended, .lapsed, .cancelled]
            case .suspended: [.active, .cancelled]
            case .lapsed: [.active, .cancelled]
            case .cancelled: []
            }
        }
    }

    package enum SuspensionReason: String, Codable, Sendable, CaseIterable {
        case overdue, staff, paused, abuse
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case suspend, resume, cancel, change, renew
    }

    /// Only an active subscription is billed, or one whose suspension does not stop it.
    package var isBillable: Bool {
        state == .active || (state == .suspended && suspensionBilling == .billOn)
    }

    /// Whether a run on this day would bill it: it begins first what is to begin by then.
    func isBillable(on day: Day) -> Bool {
        switch state {
        case .pending, .trial: anchor <= day
        case .active, .suspended, .lapsed, .cancelled: isBillable
        }
    }

    /// Whether something of it may be left to bill when it ends on this day. A pause has settled what was.
    func owes(on day: Day) -> Bool {
        isBillable(on: day) || (state == .suspended && suspensionReason != .paused)
    }

    package func allows(_ action: Action) -> Bool {
        switch action {
        case .suspend: state.next.contains(.suspended)
        case .resume: state == .suspended
        case .cancel: state.next.contains(.cancelled)
        case .change: [.pending, .trial, .active].contains(state)
        case .renew: [.active, .lapsed].contains(state) && cancelOn == nil
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
