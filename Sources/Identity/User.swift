package import Kernel

/// Somebody who works for a tenant or for one of its customers, and may sign in there. What it takes to do so
/// is no part of it: see `Credentials`.
package struct User: Versioned, Sendable, Hashable {
    package let id: UserID
    /// As typed; unique in the tenant by its folded form.
    package let email: EmailAddress
    package var name: Text<1, 120>
    package var role: Role
    /// Whose rows alone the user sees: of the role `customer`, and of no other.
    package let customer: CustomerID?
    package let version: Int
    package let recordedAt: Instant
}

/// What a sign-in is checked against.
struct Credentials: Sendable {
    let user: User
    let passwordHash: PasswordHash
}
