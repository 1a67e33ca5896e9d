package import Kernel
import Limits
package import Platform
import Postgres
import Web

/// The verbs on users.
package struct Users: Sendable {
    private let database: Database
    private let passwords: PasswordHasher
    private let limits: SignInLimits

    init(database: Database, passwords: PasswordHasher, limits: SignInLimits) {
        self.database = database
        self.passwords = passwords
        self.limits = limits
    }

    /// What a new user is made of.
    package struct Draft: Sendable {
        package let email: EmailAddress
        package let name: Text<1, 120>
        package let role: Role
        package let customer: CustomerID?
        package let password: Password

        package init(
            email: EmailAddress, name: Text<1, 120>, role: Role, customer: CustomerID? = nil,
            password: Password
        ) {
            self.email = email
            self.name = name
            self.role = role
            self.customer = customer
            self.password = password
        }

        /// Throws `ownersOnly`: whoever could make an owner would be one; `customerRole`.
        func require(by actor: Actor) throws {
            guard role != .owner || actor.role == .owner else { throw IdentityProblem.ownersOnly }
            guard (role == .customer) == (customer != nil) else { throw IdentityProblem.customerRole }
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
    /// `customerRole`, and `unavailable` when too many passwords wait to be hashed.
    package func prepare(_ draft: Draft, by actor: Actor) async throws -> PasswordHash {
        try draft.require(by: actor)
        return try await passwords.hash(draft.password)
    }

    /// Creates a user of the actor's tenant. Throws `emailTaken`, `unknownCustomer`.
    package func create(_ draft: Draft, _ hash: PasswordHash, in change: Change) async throws -> User {
        let user = User(
            id: .new(), email: draft.email, name: draft.name, role: draft.role, customer: draft.customer,
            version: 1, recordedAt: change.now)
        try await user.insert(hash, in: change.tx)
        try await Event.record([IdentityEvents.created(user)], in: change.tx, at: change.now)
        return user
    }
}

extension Users {
    /// Inside of `Sessions.ending`: another role holds when that returns, also for who is signed in. Throws
    /// `notFound`, `ownersOnly`, `lastOwner`, `customerRole`.
    func change(
        _ id: UserID, in change: Change, _ apply: (inout User) -> Void
    ) async throws -> Changed<User> {
        let (before, isLastOwner) = try await lock(id, in: change)
        var user = before
        apply(&user)
        if user.role != before.role {
            // What the tokens that are out let see would be the wrong rows.
            guard user.role != .customer, before.role != .customer else {
                throw IdentityProblem.customerRole
            }
            guard user.role != .owner || change.actor.role == .owner else {
                throw IdentityProblem.ownersOnly
            }
            if isLastOwner { throw IdentityProblem.lastOwner }
        }
        let updated = try await user.update(in: change.tx)
        try await Event.record([IdentityEvents.updated(updated)], in: change.tx, at: change.now)
        return Changed(from: before, to: updated)
    }

    /// Inside of `Sessions.ending`. Returns who it was. Throws `notFound`, `ownersOnly`, `lastOwner`.
    func delete(_ id: UserID, in change: Change) async throws -> User {
        let (user, isLastOwner) = try await lock(id, in: change)
        if isLastOwner { throw IdentityProblem.lastOwner }
        try await Session.deleteAll(of: id, in: change.tx)
        try await user.delete(in: change.tx)
        try await Event.record([IdentityEvents.deleted(user)], in: change.tx, at: change.now)
        return user
    }

    /// Throws `ownersOnly`: an admin who could change an owner could become one.
    private func lock(_ id: UserID, in change: Change) async throws -> (user: User, isLastOwner: Bool) {
        let found = try await User.lock(id, in: change.tx)
        let user = try change.subject(found?.user)
        guard user.role != .owner || change.actor.role == .owner else { throw IdentityProblem.ownersOnly }
        return (user, found?.isLastOwner ?? false)
    }

    /// A password that takes the place of one that was typed right.
    struct PasswordChange: Sendable {
        let known: Credentials
        let hash: PasswordHash
    }

    /// Throws `wrongPassword`, `rateLimited` when too many attempts have failed, and `unavailable` when too
    /// many passwords wait to be hashed.
    func prepareChange(
        from current: Password, to new: Password, by actor: Actor, at address: ClientAddress?
    ) async throws -> PasswordChange {
        guard case .user(let id) = actor.kind,
            let known = try await database.read(
                actor.scope, { tx in try await User.credentials(of: id, in: tx) })
        else { throw Problem.unauthenticated }
        // Who sits down at an open session must not guess faster than who signs in.
        let account = ["\(actor.scope.tenant)", known.user.email.folded]
        try await limits.run(SignInLimits.Attempt(account: account, from: address)) { error in
            (error as? Problem) == IdentityProblem.wrongPassword
        } _: {
            guard try await passwords.verify(current, against: known.passwordHash) else {
                throw IdentityProblem.wrongPassword
            }
        }
        return PasswordChange(known: known, hash: try await passwords.hash(new))
    }

    /// Inside of `Sessions.ending`: ends all sessions of the user but the actor's own. Throws
    /// `wrongPassword` when somebody changed it meanwhile.
    func change(_ password: PasswordChange, in change: Change) async throws {
        guard let user = try await User.replace(password.known, by: password.hash, in: change.tx) else {
            throw IdentityProblem.wrongPassword
        }
        try await Session.revokeAll(
            of: user.id, but: change.actor.session, at: change.now, in: change.tx)
        try await Event.record([IdentityEvents.passwordChanged(user)], in: change.tx, at: change.now)
    }
}
