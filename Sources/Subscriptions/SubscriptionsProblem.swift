package import Kernel

/// What subscriptions may refuse.
package enum SubscriptionsProblem {
    package static let wrongState = Problem(
        "wrong_state", status: 409,
        "The subscription's state does not allow this. See its actions for what it does.")
    package static let referenceTaken = Problem(
        "subscription_reference_taken", status: 409,
        "Another subscription has this reference. Choose another.")
    package static let unknownCustomer = Problem(
        "unknown_customer", status: 422, "There is no such customer. Create it first.")
    package static let unusablePrice = Problem(
        "unusable_price", status: 422,
        "A price must be current, recurring, and in the currency of the subscription.")
    package static let billingBusy = Problem(
        "billing_already_asked", status: 409,
        "A billing run of your company is already waiting. Wait for it to finish.")
}
