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
        "A price must be current, and in the currency of the subscription.")
    package static let unusableChange = Problem(
        "unusable_change", status: 422, "The change cannot be made as asked. Each reason is listed in errors."
    )
    package static let changePlanned = Problem(
        "change_planned", status: 409, "A change is planned already. Withdraw it first.")
    package static let nothingPlanned = Problem(
        "nothing_planned", status: 409, "No change is planned: there is nothing to withdraw.")
    package static let nothingToRenew = Problem(
        "nothing_to_renew", status: 409, "The subscription has no item that could be renewed.")
    package static let minimumTerm = Problem(
        "minimum_term", status: 409,
        "The subscription's minimum term has not ended. Cancel it at the end of its term.")
    package static let notAnUpgradePath = Problem(
        "not_an_upgrade_path", status: 409,
        "An upgrade path to the product is missing. Choose one that has one, or override them with a reason."
    )
    package static let previewStale = Problem(
        "preview_stale", status: 409,
        "What would be billed is no longer what the preview showed. Ask for another preview.")
    package static let unbillable = Problem(
        "unbillable", status: 409,
        "An item of the subscription cannot be billed, so it cannot change. See its billing.")
    package static let billingBusy = Problem(
        "billing_already_asked", status: 409,
        "A billing run of your company is already waiting. Wait for it to finish.")
}
