import Kernel
import Web

struct NewSignIn: Codable, Sendable {
    let company: Slug?
    let email: EmailAddress
    let password: Password

    func attempt(from caller: Caller) -> SignIns.Attempt {
        SignIns.Attempt(company: company, email: email, password: password, caller: caller)
    }
}

struct NewTokenRefresh: Codable, Sendable {
    let refreshToken: RefreshTokenText
}

/// The answer of RFC 6750 to a sign-in or a refresh, and whose session it is.
struct SignInBody: Codable, Sendable {
    let accessToken: String
    let tokenType: TokenType
    /// Seconds.
    let expiresIn: Int64
    /// May be used once: what it answers has the next one.
    let refreshToken: RefreshTokenText
    let sessionId: SessionID
    /// When the session ends if it is not refreshed before.
    let sessionExpiresAt: Instant
    let user: UserBody

    enum TokenType: String, Codable, Sendable, CaseIterable {
        case bearer = "Bearer"
    }
}

extension SignInBody {
    init(_ grant: Sessions.Grant) {
        self.init(
            accessToken: grant.accessToken, tokenType: .bearer, expiresIn: AccessTokens.lifetimeSeconds,
            refreshToken: grant.refreshToken, sessionId: grant.session.id,
            sessionExpiresAt: grant.session.expiresAt, user: UserBody(grant.user))
    }
}
