import Kernel
import Limits
import Postgres
import Tenancy
import Web

/// The verb on sign-ins.
struct SignIns: Sendable {
    let database: Database
    let tenants: Tenants
    let passwords: PasswordHasher
    let sessions: Sessions
    let limits: SignInLimits

    /// What somebody claims to be.
    struct Attempt: Sendable {
        /// Where the host name leads to no company.
        let company: Slug?
        let email: EmailAddress
        let password: Password
        let caller: Caller
    }

    /// Throws `signInFailed`, always the same and after about the same time, whatever was wrong;
    /// `rateLimited` when too many attempts have failed, whether or not there is such a user; `unavailable`
    /// when too many passwords wait to be compared.
    func signIn(_ attempt: Attempt, at host: HostName?) async throws -> Sessions.Grant {
        let tenant = try await tenants.find(host: host, slug: attempt.company)
        // Looked up first, for a company has a slug and many host names: each would be an account of its own.
        let account = [tenant.map { "\($0)" } ?? "", attempt.email.folded]
        let counted = SignInLimits.Attempt(account: account, from: attempt.caller.address)
        return try await limits.run(counted) { error in
            (error as? Problem) == IdentityProblem.signInFailed
        } _: {
            try await compare(attempt, in: tenant)
        }
    }

    private func compare(_ attempt: Attempt, in tenant: TenantID?) async throws -> Sessions.Grant {
        let credentials = try await credentials(of: attempt.email, in: tenant)
        // Compared even where there is nobody, so that the time does not tell who has an account.
        let isRight = try await passwords.verify(attempt.password, against: credentials?.passwordHash)
        guard isRight, let tenant, let credentials else { throw IdentityProblem.signInFailed }
        return try await sessions.open(for: credentials, of: tenant, from: attempt.caller)
    }

    private func credentials(of email: EmailAddress, in tenant: TenantID?) async throws -> Credentials? {
        guard let tenant else { return nil }
        return try await database.read(TenantScope(tenant)) { tx in
            try await User.credentials(of: email, in: tx)
        }
    }
}
