/// The real clock: tokens, leases, limits and `recorded_at` go by it. Business days never do; see a tenant's
/// today.
package struct RealClock: Sendable {
    package let now: @Sendable () -> Instant

    package init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    package static let system = RealClock(now: Instant.now)
}
