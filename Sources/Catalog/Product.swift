package import BillingMath
package import Kernel

/// Something a provider sells.
package struct Product: Versioned, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case hosting, domain, ssl, email, addon, custom
    }

    package enum State: String, Codable, Sendable, CaseIterable {
        case active
        /// No longer sold; what was sold goes on.
        case archived
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case update, archive, restore, copy
        case addPrice = "add_price"
    }

    package let id: ProductID
    package let code: Code
    package var family: ProductFamilyID?
    package var kind: Kind
    package var name: Text<1, 200>
    package var description: Text<1, 4000>?
    package var state: State
    package var attributes: Labels
    package var metadata: Labels
    /// By which tax decides about it.
    package var taxClass: TaxClass
    /// How many can still be sold; nil: as many as wanted.
    package var stock: Int?
    /// Whether its upgrade paths say to which products a customer may change.
    package var limitsUpgrades: Bool
    package let version: Int
    package let recordedAt: Instant
}

extension Product {
    /// What the state allows; who may do it is a matter of permissions.
    func allows(_ action: Action) -> Bool {
        switch action {
        case .update, .archive, .addPrice: state == .active
        case .restore: state == .archived
        case .copy: true
        }
    }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.catalogWrite) ? Action.allCases.filter(allows) : []
    }

    func require(_ action: Action) throws {
        guard allows(action) else {
            throw CatalogProblem.wrongState.with(
                detail: "The product is \(state.rawValue): it takes no \(action.rawValue).")
        }
    }
}

/// A group in which products are shown.
package struct ProductFamily: Versioned, Sendable, Hashable {
    package let id: ProductFamilyID
    package var name: Text<1, 120>
    package let version: Int
}
