package import Kernel
import Web

struct UserPath: Codable, Sendable {
    let id: UserID
}

struct UserQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let role: Role?
}

struct NewUser: Codable, Sendable {
    let email: EmailAddress
    let name: Text<1, 120>
    let role: Role
    /// With the role `customer`, whose rows the user sees, and only then.
    let customerId: CustomerID?
    let password: Password

    var draft: Users.Draft {
        Users.Draft(email: email, name: name, role: role, customer: customerId, password: password)
    }
}

/// Absent fields stay as they are.
struct UserChange: Codable, Sendable {
    let name: Text<1, 120>?
    let role: Role?

    func apply(to user: inout User) {
        user.name = name ?? user.name
        user.role = role ?? user.role
    }
}

struct NewPassword: Codable, Sendable {
    let currentPassword: Password
    let newPassword: Password
}

package struct UserBody: Versioned, Codable, Sendable {
    package let id: UserID
    let email: EmailAddress
    let name: Text<1, 120>
    let role: Role
    let customerId: CustomerID?
    package let version: Int
    let recordedAt: Instant
}

extension UserBody {
    package init(_ user: User) {
        self.init(
            id: user.id, email: user.email, name: user.name, role: user.role, customerId: user.customer,
            version: user.version, recordedAt: user.recordedAt)
    }
}
