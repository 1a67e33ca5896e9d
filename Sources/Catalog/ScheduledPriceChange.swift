package import BillingMath
package import Kernel

/// That a price is to be another from a day on. Its next version waits until then.
package struct ScheduledPriceChange: Versioned, Sendable, Hashable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case scheduled
        case inEffect = "in_effect"
        case withdrawn
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case withdraw
    }

    package let id: ScheduledPriceChangeID
    package let price: PriceID
    package let next: PriceID
    /// The first day of the next price: of orders, and of terms that start then or later.
    package let effectiveOn: Day
    /// Whether subscriptions follow that are at the price; each may be kept from it by its policies.
    package let existing: PriceFollowing
    package var state: State
    package var version: Int
    package let recordedAt: Instant
}

/// A change with what the price asks before and behind it.
struct ComparedPriceChange: Versioned, Sendable {
    let change: ScheduledPriceChange
    let before: Price
    let after: Price

    var version: Int { change.version }
}

/// What prices are to be followed by, for what was sold at them.
package struct FollowedPrices: Sendable {
    package struct Step: Sendable {
        package let effectiveOn: Day
        package let price: Price
    }

    private let steps: [PriceID: Step]

    package static let none = FollowedPrices([:])

    init(_ steps: [PriceID: Step]) {
        self.steps = steps
    }

    package var isEmpty: Bool { steps.isEmpty }

    package subscript(price: PriceID) -> Step? { steps[price] }
}

extension ScheduledPriceChange {
    func actions(for actor: Actor) -> [Action] {
        actor.may(.catalogWrite) && state == .scheduled ? Action.allCases : []
    }

    func requireScheduled() throws {
        guard state == .scheduled else {
            throw CatalogProblem.wrongState.with(
                detail: "The change is \(state.rawValue): only one that is still to come is withdrawn.")
        }
    }
}
