package import Kernel

/// What the customers may refuse.
package enum CustomersProblem {
    package static let referenceTaken = Problem(
        "reference_taken", status: 409,
        "Another customer has this reference. Choose another, or leave it out.")
    package static let unknownGroup = Problem(
        "unknown_customer_group", status: 422,
        "There is no such customer group. Create it first, or leave the field out.")
    package static let groupNameTaken = Problem(
        "customer_group_name_taken", status: 409, "Another customer group has this name. Choose another name."
    )
    package static let groupInUse = Problem(
        "customer_group_in_use", status: 409,
        "Customers are in this group, or prices were made for it. Move the customers to another group first."
    )

    /// What a customer that is written may break.
    static let byConstraint = [
        "customers_reference_key": referenceTaken, "customers_group_fkey": unknownGroup,
    ]
}
