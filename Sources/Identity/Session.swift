import Kernel

/// What a sign-in opened and refresh tokens keep open: one device, until it signs out, is signed out, or is
/// not used for a month.
struct Session: Sendable, Hashable {
    /// Not used for so long, it is over.
    static let idleDays: Int64 = 30
    /// However much it is used, it is over then, and somebody types a password again.
    static let longestDays: Int64 = 90
    /// Of one user; whoever opens more loses the one that was opened first.
    static let limit = 100
    /// How long after a rotation the token that was used may come once more. Two tabs refresh at once, and an
    /// answer gets lost: neither is a theft.
    static let graceSeconds: Int64 = 10
    /// Tokens of one generation: so often may one come once more.
    static let siblings = 4

    let id: SessionID
    let user: UserID
    var generation: Int32
    /// Of the tokens that may be used next.
    var tokenHashes: [String]
    var rotatedAt: Instant
    var lastUsedAt: Instant
    /// Such as `Firefox on Linux`, as the browser itself says.
    var device: String?
    var address: String?
    let recordedAt: Instant
    var expiresAt: Instant
}

extension Session {
    /// What is to be done about a refresh token of this session that we have made.
    enum Verdict: Hashable {
        /// It is the one that comes next.
        case rotate
        /// It was used a moment ago, and what was answered was not used yet: answer the like again.
        case repeated
        /// It was used before: either this is a thief, or that was.
        case stolen
        /// It is not of this session's past, as after a restored backup.
        case unknown
    }

    /// RFC 9700, section 4.14.2, has a used token revoke the session, and knows no grace. But clients send
    /// twice without malice, and who is signed out for that stops to trust. The grace gives a thief no more
    /// than a few seconds to use a token beside its owner; then there are two heirs of it, and the first
    /// refresh of the second one revokes the session all the same.
    func verdict(on generation: Int32, _ hash: String, at now: Instant) -> Verdict {
        if generation == self.generation {
            return tokenHashes.contains { isSame($0, hash) } ? .rotate : .unknown
        }
        if generation == self.generation - 1, now < rotatedAt.adding(seconds: Session.graceSeconds),
            tokenHashes.count < Session.siblings
        {
            return .repeated
        }
        return generation < self.generation ? .stolen : .unknown
    }

    /// After a refresh that was answered with a token of this hash.
    func refreshed(_ verdict: Verdict, by hash: String, from place: Place, at now: Instant) -> Session {
        var session = self
        if verdict == .rotate {
            session.generation += 1
            session.tokenHashes = [hash]
            session.rotatedAt = now
        } else {
            session.tokenHashes.append(hash)
        }
        session.lastUsedAt = now
        session.device = place.device ?? device
        session.address = place.address ?? address
        session.expiresAt = Session.end(openedAt: recordedAt, usedAt: now)
        return session
    }

    static func end(openedAt: Instant, usedAt: Instant) -> Instant {
        min(usedAt.adding(seconds: idleDays * 86_400), openedAt.adding(seconds: longestDays * 86_400))
    }
}
