package import Kernel
package import Limits
package import Postgres
package import Tenancy
package import Web

/// The front door of identity: who may come in, and as whom.
package struct Identity: Sendable {
    package let users: Users
    /// Load them at start: a wrong secret shows then, not at the first sign-in.
    package let keys: SigningKeys
    let signIns: SignIns
    private let tenants: Tenants
    private let tokens: AccessTokens

    package init(
        database: Database, tenants: Tenants, keys: SigningKeys, passwords: PasswordHasher, clock: RealClock,
        limits: SignInLimits
    ) {
        self.tenants = tenants
        self.keys = keys
        tokens = AccessTokens(keys: keys, clock: clock)
        users = Users(database: database, passwords: passwords, clock: clock)
        signIns = SignIns(
            database: database, tenants: tenants, passwords: passwords, tokens: tokens, limits: limits)
    }

    package var endpoints: [Endpoint] {
        signInEndpoints + userEndpoints
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
}

extension Permission {
    static let meRead = Permission("me", .read)
    static let usersRead = Permission("users", .read)
    static let usersManage = Permission("users", .manage)
}
