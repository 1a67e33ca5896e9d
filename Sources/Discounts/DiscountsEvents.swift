import Kernel
import Platform

/// What others may hear of discounts.
enum DiscountsEvents {
    static func created(_ coupon: Coupon) -> Event {
        Event("coupon.created", coupon.id, version: coupon.version)
    }

    /// `coupon.active`, `coupon.archived`.
    static func moved(_ coupon: Coupon) -> Event {
        Event("coupon.\(coupon.state.rawValue)", coupon.id, version: coupon.version)
    }
}
