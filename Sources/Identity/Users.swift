package import Kernel
package import Platform
import Postgres

/// The verbs on users.
package struct Users: Sendable {
    private let database: Database
    private let passwords: PasswordHasher
    private let clock: RealClock

    init(database: Database, passwords: PasswordHasher, clock: RealClock) {
        self.database = database
        self.passwords = passwords
        self.clock = clock
    }

    /// What a new user is made of.
    package struct Draft: Sendable {
        package let email: EmailAddress
        package let name: Text<1, 120>
        package let role: Role
        package let password: Password

        package init(email: EmailAddress, name: Text<1, 120>, role: Role, password: Password) {
            self.email = email
            self.name = name
            self.role = role
            self.password = password
        }

        /// Throws `ownersOnly`: whoever could make an owner would be one.
        func require(by actor: Actor) throws {
            guard role != .owner || actor.role == .owner else { throw IdentityProblem.ownersOnly }
        }
    }

    func list(_ role: Role?, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<User> {
        try await database.read(scope) { tx in try await User.list(role, page, in: tx) }
    }

    func read(_ id: UserID, _ scope: TenantScope) async throws -> User {
        guard let user = try await database.read(scope, { tx in try await User.find(id, in: tx) }) else {
            throw Problem.notFound
        }
        return user
    }

    /// The user behind the actor. Throws `unauthenticated` for an actor that is none, and for a user who is
    /// no more.
    func me(_ actor: Actor) async throws -> User {
        guard case .user(let id) = actor.kind,
            let user = try await database.read(actor.scope, { tx in try await User.find(id, in: tx) })
        else { throw Problem.unauthenticated }
        return user
    }

    /// The user who signs in with this address, however its letters are capitalized; nil when there is none.
    package func find(_ email: EmailAddress, _ scope: TenantScope) async throws -> User? {
        try await database.read(scope) { tx in try await User.find(email, in: tx) }
    }

    /// Before the transaction: hashing takes too long to hold a connection meanwhile. Throws `ownersOnly`,
    /// and `unavailable` when too many passwords wait to be hashed.
    package func prepare(_ draft: Draft, by actor: Actor) async throws -> PasswordHash {
        try draft.require(by: actor)
        return try await passwords.hash(draft.password)
    }

    /// Creates a user of the actor's tenant. Throws `emailTaken`.
    package func create(_ draft: Draft, _ hash: PasswordHash, in change: Change) async throws -> User {
        let user = User(
            id: .new(), email: draft.email, name: draft.name, role: draft.role, version: 1,
            recordedAt: change.now)
        try await user.insert(hash, in: change.tx)
        try await Event.record([IdentityEvents.created(user)], in: change.tx, at: change.now)
        return user
    }
}
