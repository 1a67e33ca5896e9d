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
        "owners_only", status: 403, "Only an owner makes another owner. Ask an owner of your company.")
}
