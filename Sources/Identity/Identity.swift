package import Kernel
package import Limits
package import Platform
package import Postgres
package import Tenancy
package import Web

/// The front door of identity: who may come in, and as whom.
package struct Identity: Sendable {
    package let users: Users
    /// Load them at start: a wrong secret shows then, not at the first sign-in.
    package let keys: SigningKeys
    let signIns: SignIns
    let sessions: Sessions
    private let tenants: Tenants
    private let tokens: AccessTokens

    package init(
        database: Database, tenants: Tenants, keys: SigningKeys, passwords: PasswordHasher,
        secrets: SecretBox, clock: RealClock, limits: RateLimits
    ) {
        self.tenants = tenants
        self.keys = keys
        tokens = AccessTokens(keys: keys, clock: clock)
        sessions = Sessions(
            database: database, tenants: tenants, tokens: tokens, limits: limits, secrets: secrets,
            clock: clock)
        users = Users(database: database, passwords: passwords, limits: limits.signIns)
        signIns = SignIns(
            database: database, tenants: tenants, passwords: passwords, sessions: sessions,
            limits: limits.signIns)
    }

    package var endpoints: [Endpoint] {
        signInEndpoints + sessionEndpoints + userEndpoints + keyEndpoints
    }

    /// Who acts with this access token. Throws `unauthenticated` for one that is not valid, and for one that
    /// was sent to another company's host name.
    package func authenticate(bearer: String, host: HostName?) async throws -> Actor {
        let actor = try await tokens.actor(of: bearer)
        if let tenant = try await tenants.find(host: host, slug: nil), tenant != actor.scope.tenant {
            throw Problem.unauthenticated
        }
        return actor
    }

    /// The same actor with the role of now, and the request counted. Throws `unauthenticated` when the
    /// session is over.
    package func admit(
        _ actor: Actor, _ rate: RateClass, from caller: Caller
    ) async throws -> API.Admission {
        try await sessions.admit(actor, rate, from: caller)
    }
}

extension Permission {
    static let meRead = Permission("me", .read, reach: .everybody)
    static let meWrite = Permission("me", .write, reach: .everybody)
    static let usersRead = Permission("users", .read)
    static let usersManage = Permission("users", .manage)
    /// Where others sign in from is none of their colleagues' business.
    static let sessionsRead = Permission("sessions", .read, reach: .managers)
    static let sessionsManage = Permission("sessions", .manage)
}
