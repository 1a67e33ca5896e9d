package import Kernel

/// How much an endpoint may be used: each class has a quota of its own.
package enum RateClass: String, Sendable, CaseIterable {
    case read
    case write
    /// One request causes work for many, as a billing run does.
    case heavy
    /// Guesses of passwords: limited even while the shared counters are away.
    case signIn = "sign_in"
    /// What a load balancer asks, and what costs nothing.
    case unlimited
}

/// Whose requests are counted together.
package enum RateSubject: Hashable, Sendable {
    case actor(Actor)
    /// Nobody has signed in; nil when the address is not known.
    case client(ClientAddress?)
    /// A request whose credentials were refused.
    case refused(ClientAddress?)
}

/// What a limit says of one request, which it has counted unless it refuses it.
package struct RateDecision: Hashable, Sendable {
    /// The name of the quota that was counted against: `read`.
    package let policy: String
    /// Requests in one window.
    package let quota: Int64
    package let windowSeconds: Int64
    /// Requests that would still be let pass now.
    package let remaining: Int64
    /// Until more is free than `remaining` says.
    package let resetSeconds: Int64
    /// Set when the request is refused: a request after this time is let pass, if no other was.
    package let retryAfterSeconds: Int64?

    package init(
        policy: String, quota: Int64, windowSeconds: Int64, remaining: Int64, resetSeconds: Int64,
        retryAfterSeconds: Int64?
    ) {
        self.policy = policy
        self.quota = quota
        self.windowSeconds = windowSeconds
        self.remaining = remaining
        self.resetSeconds = resetSeconds
        self.retryAfterSeconds = retryAfterSeconds
    }
}
