package import Kernel

/// What customers lower their charges with, by a code.
package struct Coupon: Versioned, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case active, archived
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case archive, restore
    }

    package let id: CouponID
    /// What people type in, unique in the tenant.
    package let code: Code
    package let terms: DiscountTerms
    /// Of an amount; nil for a percentage, which is of any currency.
    package let currency: Currency?
    package let limits: CouponLimits
    package let state: State
    /// How often it was redeemed.
    package let uses: Int
    package let version: Int
    package let recordedAt: Instant
}

/// Who may redeem a coupon, when, and how often.
package struct CouponLimits: Sendable, Hashable {
    /// Empty: anybody.
    package var customers: [CustomerID] = []
    package var newCustomersOnly = false
    package var maxUses: Int?
    package var maxUsesPerCustomer: Int?
    /// Both days are in.
    package var validFrom: Day?
    package var validUntil: Day?

    package init() {}
}

/// Somebody who wants to redeem a coupon.
package struct CouponBearer: Sendable {
    package let customer: CustomerID
    /// How often they did so before.
    package let uses: Int
    /// Whether the subscription is their first.
    package let isNew: Bool
    /// The subscription's.
    package let currency: Currency

    package init(customer: CustomerID, uses: Int, isNew: Bool, currency: Currency) {
        self.customer = customer
        self.uses = uses
        self.isNew = isNew
        self.currency = currency
    }
}

extension Coupon {
    func allows(_ action: Action) -> Bool {
        switch action {
        case .archive: state == .active
        case .restore: state == .archived
        }
    }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.couponsWrite) ? Action.allCases.filter(allows) : []
    }

    func require(_ action: Action) throws {
        guard allows(action) else {
            throw DiscountsProblem.wrongState.with(
                detail: "The coupon is \(state.rawValue): it takes no \(action.rawValue).")
        }
    }

    /// Why it cannot be redeemed, in a sentence; nil when it can. The first limit that stands in the way.
    package func refusal(to bearer: CouponBearer, on today: Day) -> String? {
        if state == .archived { return "The coupon is archived." }
        if let from = limits.validFrom, today < from { return "The coupon is valid from \(from) on." }
        if let until = limits.validUntil, today > until { return "The coupon was valid until \(until)." }
        if let currency, currency != bearer.currency {
            return "The coupon is in \(currency), and the subscription in \(bearer.currency)."
        }
        if !limits.customers.isEmpty, !limits.customers.contains(bearer.customer) {
            return "The coupon is for other customers."
        }
        if limits.newCustomersOnly, !bearer.isNew { return "The coupon is for new customers only." }
        if let most = limits.maxUsesPerCustomer, bearer.uses >= most {
            return
                "A customer may redeem the coupon \(most == 1 ? "once" : "\(most) times"), and this one has."
        }
        if let most = limits.maxUses, uses >= most { return "The coupon is used up." }
        return nil
    }
}
