package import Kernel

/// What the catalogue may refuse.
package enum CatalogProblem {
    package static let codeTaken = Problem(
        "product_code_taken", status: 409, "Another product has this code. Choose another code.")
    package static let familyNameTaken = Problem(
        "family_name_taken", status: 409, "Another family has this name. Choose another name.")
    package static let familyInUse = Problem(
        "family_in_use", status: 409, "Products belong to this family. Move them to another family first.")
    package static let unknownFamily = Problem(
        "unknown_family", status: 422, "There is no such family. Create it first, or leave the field out.")
    package static let unknownAudience = Problem(
        "unknown_audience", status: 422,
        "There is no such customer or customer group. Create it first, or leave the field out.")
    package static let priceExists = Problem(
        "price_exists", status: 409,
        "The product has a price in this currency and cycle. Change that one instead.")
    package static let priceChangeScheduled = Problem(
        "price_change_scheduled", status: 409,
        "The price is to become another. Withdraw that change first, or wait for its day.")
    package static let priceUnchanged = Problem(
        "price_unchanged", status: 409,
        "The price asks that already. Give another amount, set-up fee or model.")
    package static let priceInUse = Problem(
        "price_in_use", status: 409,
        "Terms are billed at the new price already. Schedule another change instead.")
    package static let wrongState = Problem(
        "wrong_state", status: 409,
        "The object's state does not allow this. See its actions for what it does.")
    package static let outOfStock = Problem(
        "out_of_stock", status: 409,
        "Fewer can still be sold than are asked for. Ask for less, or raise the product's stock.")
    package static let unusablePaths = Problem(
        "unusable_upgrade_paths", status: 422,
        "Upgrade paths lead to other products of yours, to each once. Each reason is listed in errors."
    )
    package static let unusablePricing = Problem(
        "unusable_pricing", status: 422,
        "A price is an amount, or a currency and a model with its fields. Each reason is listed in errors.")
}
