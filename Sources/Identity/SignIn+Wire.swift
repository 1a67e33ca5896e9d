import Kernel
import Web

struct NewSignIn: Codable, Sendable {
    let company: Slug?
    let email: EmailAddress
    let password: Password

    func attempt(from address: ClientAddress?) -> SignIns.Attempt {
        SignIns.Attempt(company: company, email: email, password: password, address: address)
    }
}

/// The answer of RFC 6750 to a sign-in, and who it was.
struct SignInBody: Codable, Sendable {
    let accessToken: String
    let tokenType: TokenType
    /// Seconds.
    let expiresIn: Int64
    let user: UserBody

    enum TokenType: String, Codable, Sendable, CaseIterable {
        case bearer = "Bearer"
    }
}

extension SignInBody {
    init(_ success: SignIns.Success) {
        self.init(
            accessToken: success.accessToken, tokenType: .bearer, expiresIn: AccessTokens.lifetimeSeconds,
            user: UserBody(success.user))
    }
}
