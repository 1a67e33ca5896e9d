import Kernel
import Web

extension Identity {
    var signInEndpoints: [Endpoint] {
        [signIn, refreshTokens]
    }

    private var signIn: Endpoint {
        Endpoint(
            public: .post("/v1/sign-ins"),
            About(
                tag: "Sign-in", name: "signIn", summary: "Sign in with e-mail address and password",
                details: """
                    The company is the one that the host name leads to, else the one of the field `company`. \
                    Send the access token as `Authorization: Bearer` until it expires; then the refresh \
                    token gets the next one.
                    """,
                status: 201, problems: [IdentityProblem.signInFailed, .unavailable], rate: .signIn)
        ) { (request: PublicRequest<NoPath, NoQuery, NewSignIn>) in
            let attempt = request.body.attempt(from: request.caller)
            return SignInBody(try await signIns.signIn(attempt, at: request.host))
        }
    }

    private var refreshTokens: Endpoint {
        Endpoint(
            public: .post("/v1/token-refreshes"),
            About(
                tag: "Sign-in", name: "refreshTokens", summary: "Get new tokens for a refresh token",
                details: """
                    Each refresh token may be used once. One that comes again ends its session, but for a \
                    few seconds after it was used first: a client may send twice when an answer was lost.
                    """,
                status: 201, problems: [IdentityProblem.refreshFailed], rate: .signIn)
        ) { (request: PublicRequest<NoPath, NoQuery, NewTokenRefresh>) in
            let token = request.body.refreshToken
            return SignInBody(try await sessions.refresh(token, at: request.host, from: request.caller))
        }
    }
}
