package import Kernel

/// What discounts may refuse.
package enum DiscountsProblem {
    package static let wrongState = Problem(
        "wrong_state", status: 409,
        "The object's state does not allow this. See its actions for what it does.")
    package static let couponCodeTaken = Problem(
        "coupon_code_taken", status: 409, "Another coupon has this code. Choose another.")
    package static let unusableCoupon = Problem(
        "unusable_coupon", status: 409, "The coupon cannot be redeemed here. The reason is told in detail.")
    package static let unusableDiscount = Problem(
        "unusable_discount", status: 422,
        "The discount cannot be granted as asked. Each reason is listed in errors, or told in detail.")
}
