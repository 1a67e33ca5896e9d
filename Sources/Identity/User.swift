package import Kernel

/// Somebody who works for a tenant and may sign in there. What it takes to do so is no part of it: see
/// `Credentials`.
package struct User: Versioned, Sendable, Hashable {
    package let id: UserID
    /// As typed; unique in the tenant by its folded form.
    package let email: EmailAddress
    package let name: Text<1, 120>
    package let role: Role
    package let version: Int
    package let recordedAt: Instant
}

/// What a sign-in is checked against.
struct Credentials: Sendable {
    let user: User
    let passwordHash: PasswordHash
}
