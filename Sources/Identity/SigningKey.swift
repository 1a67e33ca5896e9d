import Crypto
import Foundation
import JWTKit
import Kernel

/// A key that access tokens are signed with: Ed25519, known in tokens as `kid` by its id.
struct SigningKey: Sendable {
    let id: SigningKeyID
    /// Published before, so that whoever keeps a copy of the keys has it by then.
    let signsFrom: Instant
    /// The 32 bytes of the private half.
    let secret: Data
    /// A collection for this key alone: one that does not know a `kid` takes its first key instead.
    private let collection: JWTKeyCollection

    /// The 32 bytes of the public half.
    let publicKey: Data

    /// A key of these 32 bytes, or a new one.
    init(id: SigningKeyID = .new(), secret: Data? = nil, signsFrom: Instant) async throws {
        let key = try secret.map { try Curve25519.Signing.PrivateKey(rawRepresentation: $0) } ?? .init()
        self.id = id
        self.signsFrom = signsFrom
        publicKey = key.publicKey.rawRepresentation
        self.secret = key.rawRepresentation
        collection = await JWTKeyCollection()
            .add(eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: id.description))
    }

    func sign(_ claims: AccessClaims) async throws -> String {
        try await collection.sign(claims, kid: JWKIdentifier(string: id.description))
    }

    /// What the token says, if this key has signed it; nil otherwise. Expiry is not looked at.
    func claims(in token: String) async -> AccessClaims? {
        try? await collection.verify(token)
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { id.description }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
