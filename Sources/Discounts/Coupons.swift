package import Kernel
import Platform
package import Postgres
import Web

/// The verbs on coupons.
package struct Coupons: Sendable {
    private let database: Database
    private let clock: RealClock

    init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
    }

    func list(
        _ filter: CouponFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<Coupon> {
        try await database.read(scope) { tx in try await Coupon.list(filter, page, in: tx) }
    }

    func read(_ id: CouponID, _ scope: TenantScope) async throws -> Coupon {
        try await database.read(scope) { tx in
            guard let coupon = try await Coupon.find(id, in: tx) else { throw Problem.notFound }
            return coupon
        }
    }

    /// Throws `unusableDiscount` about every field that is wrong, and `couponCodeTaken`.
    func create(_ draft: NewCoupon, in change: Change) async throws -> Coupon {
        let coupon = Coupon(
            id: .new(), code: draft.code, terms: try draft.discount(), currency: draft.amount?.currency,
            limits: try draft.limits(), state: .active, uses: 0, version: 1, recordedAt: change.now)
        let unknown = try await coupon.unknownReferences(in: change.tx)
        if !unknown.isEmpty { throw DiscountsProblem.unusableDiscount.with(errors: unknown) }
        try await coupon.insert(in: change.tx)
        try await Event.record([DiscountsEvents.created(coupon)], in: change.tx, at: change.now)
        return coupon
    }

    /// Throws `wrongState`. What was redeemed goes on.
    func move(
        _ id: CouponID, to state: Coupon.State, in change: Change
    ) async throws -> Changed<Coupon> {
        let coupon = try await change.subject(Coupon.lock(id, in: change.tx))
        try coupon.require(state == .archived ? .archive : .restore)
        let moved = try await coupon.move(to: state, in: change.tx)
        try await Event.record([DiscountsEvents.moved(moved)], in: change.tx, at: change.now)
        return Changed(from: coupon, to: moved)
    }

    /// Counts one use. `bearer` tells who asks, of the coupon that was found. Throws `unusableCoupon`, also
    /// for a code that there is not.
    package static func redeem(
        _ code: Code, on today: Day, in tx: Transaction, by bearer: (Coupon) async throws -> CouponBearer
    ) async throws -> Coupon {
        guard let coupon = try await Coupon.lock(code, in: tx) else {
            throw DiscountsProblem.unusableCoupon.with(detail: "There is no coupon with this code.")
        }
        if let refusal = coupon.refusal(to: try await bearer(coupon), on: today) {
            throw DiscountsProblem.unusableCoupon.with(detail: refusal)
        }
        return try await coupon.countUse(in: tx)
    }
}
