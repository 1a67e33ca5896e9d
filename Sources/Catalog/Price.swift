package import BillingMath
package import Kernel

/// What a product costs in one currency and cycle.
///
/// Once a subscription uses it, a price is immutable: an edit closes it as `replaced` and opens the next
/// version, and subscriptions keep the version that they were sold at.
package struct Price: Versioned, Sendable, Hashable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case current
        /// It is to take the place of the current one.
        case scheduled
        case replaced, archived
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case update, archive
    }

    package let id: PriceID
    package let product: ProductID
    package let currency: Currency
    /// Nil for a price that is paid once.
    package let interval: Interval?
    package let audience: PriceAudience
    package let priceVersion: Int
    package let state: State
    /// What a unit costs; with `pricing`, what one unit alone costs by it.
    package let amountMinor: Int64
    /// The model by which the price follows from a quantity; nil when each unit costs the amount.
    package let pricing: PriceTerms?
    package let setupFeeMinor: Int64
    /// When its terms are billed. Every version keeps it.
    package let billed: BillingTiming
    package let isInUse: Bool
    package let version: Int

    package var amount: Money { Money(amountMinor, currency) }
    package var setupFee: Money { Money(setupFeeMinor, currency) }
}

/// For whom a price is.
package enum PriceAudience: Sendable, Hashable {
    case everybody
    case group(CustomerGroupID)
    case customer(CustomerID)

    package var group: CustomerGroupID? {
        if case .group(let id) = self { id } else { nil }
    }

    package var customer: CustomerID? {
        if case .customer(let id) = self { id } else { nil }
    }

    /// Whether somebody of this group, or of none, may be sold at it.
    package func includes(_ id: CustomerID, of ownGroup: CustomerGroupID?) -> Bool {
        switch self {
        case .everybody: true
        case .group(let group): group == ownGroup
        case .customer(let customer): customer == id
        }
    }
}

extension Price {
    func actions(for actor: Actor) -> [Action] {
        actor.may(.catalogWrite) && state == .current ? Action.allCases : []
    }

    func require(_ action: Action) throws {
        guard state == .current else {
            throw CatalogProblem.wrongState.with(
                detail: "The price is \(state.rawValue): only a current price takes \(action.rawValue).")
        }
    }
}
