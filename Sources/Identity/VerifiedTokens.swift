import Kernel
import Synchronization

/// Access tokens whose signature this process has verified: one is sent with every request of a quarter of an
/// hour, and verifying it costs more than all else that is done to let the request in. What a signature says
/// never changes; whether the key still counts, the token has expired or its session is over is asked each
/// time.
final class VerifiedTokens: Sendable {
    /// Tokens of a kilobyte at most: one that is longer is not ours.
    static let capacity = 20_000
    private static let longest = 1024

    /// What a token says, and which key has signed it.
    typealias Finding = (claims: AccessClaims, key: SigningKeyID)

    private let findings = Mutex<[String: Finding]>([:])

    var count: Int { findings.withLock { $0.count } }

    /// What the token says, by memory or by `verify`. One that is not valid is not remembered: anybody can
    /// make up as many as they like.
    func claims(in token: String, _ verify: () async throws -> Finding?) async throws -> Finding? {
        if let known = findings.withLock({ $0[token] }) { return known }
        guard let verified = try await verify() else { return nil }
        guard token.utf8.count <= VerifiedTokens.longest else { return verified }
        findings.withLock { findings in
            // A user refreshes four times an hour, so most of them have expired by then.
            if findings.count >= VerifiedTokens.capacity { findings = [:] }
            findings[token] = verified
        }
        return verified
    }
}
