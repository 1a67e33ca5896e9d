import Kernel
import Web

extension Identity {
    var keyEndpoints: [Endpoint] {
        [readKeys]
    }

    private var readKeys: Endpoint {
        Endpoint(
            public: .get("/.well-known/jwks.json"),
            About(
                tag: "Sign-in", name: "readKeys",
                summary: "Read the public keys with which access tokens are signed",
                details: """
                    A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037). A key stands here before it \
                    signs and until no token that it signed lives. Whether a session still holds no key can \
                    say: ask `/v1/me`.
                    """,
                problems: [.unavailable], rate: .unlimited, cacheSeconds: Int(SigningKeys.publishedSeconds))
        ) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
            KeySetBody(keys: try await keys.published().map(KeyBody.init))
        }
    }
}

/// A JSON Web Key Set of RFC 7517.
struct KeySetBody: Codable, Sendable {
    let keys: [KeyBody]
}

/// An Ed25519 key as RFC 8037 writes it.
struct KeyBody: Codable, Sendable {
    let kty: String
    let crv: String
    let alg: String
    let use: String
    let kid: SigningKeyID
    /// The public key, in base64url.
    let x: String
}

extension KeyBody {
    init(_ key: SigningKey) {
        self.init(
            kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: key.id, x: key.publicKey.base64URL)
    }
}
