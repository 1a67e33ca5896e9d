import Foundation
import JWTKit
import Kernel

/// Access tokens: JSON Web Tokens (RFC 7519) signed with EdDSA, which say who acts and in which session.
/// Whether the session still holds they cannot say: see `Sessions.admit`.
struct AccessTokens: Sendable {
    static let lifetimeSeconds: Int64 = 15 * 60
    private static let issuer = "mpanel"
    private static let algorithm = "EdDSA"

    let keys: SigningKeys
    let clock: RealClock
    private let verified = VerifiedTokens()

    init(keys: SigningKeys, clock: RealClock) {
        self.keys = keys
        self.clock = clock
    }

    func issue(to user: User, of tenant: TenantID, in session: SessionID) async throws -> String {
        let now = clock.now().unixSeconds
        return try await keys.newest().sign(
            AccessClaims(
                iss: AccessTokens.issuer, sub: user.id, sid: session, tenant: tenant, customer: user.customer,
                role: user.role, iat: now, exp: now + AccessTokens.lifetimeSeconds))
    }

    /// Who acts with this token, in the role that they had when it was issued. Throws `unauthenticated` for
    /// one that we have not signed or that has expired.
    func actor(of token: String) async throws -> Actor {
        guard let (claims, id) = try await verified.claims(in: token, { try await verify(token) }),
            // A key whose last token must have expired does not count any more.
            try await keys.find(id) != nil, clock.now().unixSeconds < claims.exp,
            // Without its customer such a user would see the rows of all.
            (claims.role == .customer) == (claims.customer != nil)
        else { throw Problem.unauthenticated }
        return Actor(
            .user(claims.sub), role: claims.role,
            scope: TenantScope(claims.tenant, customer: claims.customer), session: claims.sid)
    }

    private func verify(_ token: String) async throws -> VerifiedTokens.Finding? {
        guard let id = AccessTokens.keyID(of: token), let key = try await keys.find(id),
            let claims = await key.claims(in: token), claims.iss == AccessTokens.issuer
        else { return nil }
        return (claims, id)
    }

    /// The key that the token says it was signed with. Nil when it is none of ours: JWTKit itself neither
    /// compares the algorithm that a token names with the key's, nor minds critical extensions that it does
    /// not know.
    private static func keyID(of token: String) -> SigningKeyID? {
        guard let (header, _, _) = try? DefaultJWTParser().parse(Array(token.utf8), as: AccessClaims.self),
            header.alg == algorithm, header.fields["crit"] == nil
        else { return nil }
        return header.kid.flatMap { SigningKeyID($0) }
    }
}

/// What an access token says. Times are in seconds since 1970.
struct AccessClaims: JWTPayload, Equatable {
    let iss: String
    let sub: UserID
    let sid: SessionID
    let tenant: TenantID
    /// Of a customer's user only.
    let customer: CustomerID?
    let role: Role
    let iat: Int64
    let exp: Int64

    /// The claims are checked by `AccessTokens`, whose clock is not the system's in tests.
    func verify(using algorithm: some JWTAlgorithm) {}
}
