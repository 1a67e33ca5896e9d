import Kernel
import Postgres
import Tenancy

/// The verb on sign-ins.
struct SignIns: Sendable {
    let database: Database
    let tenants: Tenants
    let passwords: PasswordHasher
    let tokens: AccessTokens

    /// What somebody claims to be.
    struct Attempt: Sendable {
        /// Where the host name leads to no company.
        let company: Slug?
        let email: EmailAddress
        let password: Password
    }

    struct Success: Sendable {
        let user: User
        let accessToken: String
    }

    /// Throws `signInFailed`, always the same and after about the same time, whatever was wrong;
    /// `unavailable` when too many passwords wait to be compared.
    func signIn(_ attempt: Attempt, at host: HostName?) async throws -> Success {
        let tenant = try await tenants.find(host: host, slug: attempt.company)
        let credentials = try await credentials(of: attempt.email, in: tenant)
        // Compared even where there is nobody, so that the time does not tell who has an account.
        let isRight = try await passwords.verify(attempt.password, against: credentials?.passwordHash)
        guard isRight, let tenant, let user = credentials?.user else { throw IdentityProblem.signInFailed }
        return Success(user: user, accessToken: try await tokens.issue(to: user, of: tenant))
    }

    private func credentials(of email: EmailAddress, in tenant: TenantID?) async throws -> Credentials? {
        guard let tenant else { return nil }
        return try await database.read(TenantScope(tenant)) { tx in
            try await User.credentials(of: email, in: tx)
        }
    }
}
