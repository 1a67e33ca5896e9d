import Synchronization

/// Stands still until it is moved.
final class StandingClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: @Sendable () -> ContinuousClock.Instant {
        { self.time.withLock { $0 } }
    }

    func advance(_ duration: Duration) {
        time.withLock { $0 += duration }
    }
}

/// Thrown by a look that should not have been necessary.
struct NotAsked: Error {}
