import Kernel
import Web

extension Identity {
    var signInEndpoints: [Endpoint] {
        [signIn]
    }

    private var signIn: Endpoint {
        Endpoint(
            public: .post("/v1/sign-ins"),
            About(
                tag: "Sign-in", name: "signIn", summary: "Sign in with e-mail address and password",
                details: """
                    The company is the one that the host name leads to, else the one of the field `company`. \
                    Send the access token as `Authorization: Bearer` until it expires, then sign in again.
                    """,
                status: 201, problems: [IdentityProblem.signInFailed, .unavailable], rate: .signIn)
        ) { (request: PublicRequest<NoPath, NoQuery, NewSignIn>) in
            let attempt = request.body.attempt(from: request.clientAddress)
            return SignInBody(try await signIns.signIn(attempt, at: request.host))
        }
    }
}
