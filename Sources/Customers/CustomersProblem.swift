package import Kernel

/// What the customers may refuse.
package enum CustomersProblem {
    package static let referenceTaken = Problem(
        "reference_taken", status: 409,
        "Another customer has this reference. Choose another, or leave it out.")
}
