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
    let password: Password

    var draft: Users.Draft { Users.Draft(email: email, name: name, role: role, password: password) }
}

package struct UserBody: Versioned, Codable, Sendable {
    package let id: UserID
    let email: EmailAddress
    let name: Text<1, 120>
    let role: Role
    package let version: Int
    let recordedAt: Instant
}

extension UserBody {
    package init(_ user: User) {
        self.init(
            id: user.id, email: user.email, name: user.name, role: user.role, version: user.version,
            recordedAt: user.recordedAt)
    }
}
