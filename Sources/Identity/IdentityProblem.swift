package import Kernel

/// What identity may refuse.
package enum IdentityProblem {
    /// The same for an unknown company, an unknown address and a wrong password: the answer tells nobody
    /// which.
    package static let signInFailed = Problem(
        "sign_in_failed", status: 401,
        "No user has this company, e-mail address and password. Check all three.")
    package static let emailTaken = Problem(
        "email_taken", status: 409, "Another user of your company has this e-mail address. Choose another.")
    package static let ownersOnly = Problem(
        "owners_only", status: 403,
        "Only an owner makes, changes or removes an owner. Ask an owner of your company.")
    package static let lastOwner = Problem(
        "last_owner", status: 409, "This is the last owner of your company. Make another user an owner first."
    )
    package static let customerRole = Problem(
        "customer_role", status: 422,
        "A user of the role customer belongs to a customer, and no other user does. Send customer_id with "
            + "that role only; a user who has it keeps it, and nobody else gets it later.",
        errors: [FieldError("/customer_id", "must be there with the role customer, and only then")])
    package static let unknownCustomer = Problem(
        "unknown_customer", status: 422, "There is no such customer.",
        errors: [FieldError("/customer_id", "names no customer")])
    /// The same for every token that is not valid, whatever is wrong with it.
    package static let refreshFailed = Problem(
        "refresh_failed", status: 401, "This refresh token does not hold any more. Sign in again.")
    package static let wrongPassword = Problem(
        "wrong_password", status: 422, "The current password is another one.",
        errors: [FieldError("/current_password", "is not your password")])

}
