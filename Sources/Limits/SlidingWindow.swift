/// How many times something may happen in how long. Zero switches the limit off.
package struct RateQuota: Hashable, Sendable {
    /// Beyond these the script's arithmetic, in floating point, would no longer be exact.
    package static let counts: ClosedRange<Int64> = 0...1_000_000
    static let longestSeconds: Int64 = 86_400

    package let count: Int64
    package let windowSeconds: Int64

    /// Nil outside of `counts`, and for a window of less than a second or more than a day.
    package init?(_ count: Int64, windowSeconds: Int64) {
        guard RateQuota.counts.contains(count), (1...RateQuota.longestSeconds).contains(windowSeconds) else {
            return nil
        }
        self.count = count
        self.windowSeconds = windowSeconds
    }

    private init(count: Int64, seconds: Int64) {
        self.count = count
        windowSeconds = seconds
    }

    static let off = RateQuota(count: 0, seconds: 60)
    static func aMinute(_ count: Int64) -> RateQuota { RateQuota(count: count, seconds: 60) }
    static func aQuarterHour(_ count: Int64) -> RateQuota { RateQuota(count: count, seconds: 900) }

    var isOff: Bool { count == 0 }
    var windowMilliseconds: Int64 { windowSeconds * 1000 }
}

/// What a window says: how many more it lets pass, and when it lets pass more than that.
struct WindowState: Hashable, Sendable {
    let remaining: Int64
    /// Zero when the next one is let pass now.
    let waitMilliseconds: Int64
    /// Until the present bucket ends.
    let resetMilliseconds: Int64
}

/// A counter over a window that slides, in two numbers: what happened in the present stretch of the window's
/// length, and what in the one before. Of the latter as much counts as the window still covers of it.
///
/// The exact log of all moments would be exact for uneven traffic too, but costs each user kilobytes.
/// `WindowScript` does the same in Redis.
struct SlidingWindow: Hashable, Sendable {
    private var bucket: Int64 = 0
    private var current: Int64 = 0
    private var previous: Int64 = 0

    /// Whether nothing of it counts any more.
    func isOver(_ quota: RateQuota, at now: Int64) -> Bool {
        now / quota.windowMilliseconds > bucket + 1
    }

    /// `now` is in milliseconds since 1970.
    mutating func state(_ quota: RateQuota, at now: Int64) -> WindowState {
        let window = quota.windowMilliseconds
        roll(to: now / window)
        // A clock that was set back: the bucket has begun, and no more can be said.
        let elapsed = max(0, now - bucket * window)
        let free = (quota.count - current) * window - previous * (window - elapsed)
        let left = window - elapsed
        var wait: Int64 = 0
        if free < window {
            wait =
                current < quota.count
                ? dividedUp(window * (previous + current + 1 - quota.count), by: previous) - elapsed
                : left + dividedUp(window * (current + 1 - quota.count), by: current)
        }
        return WindowState(
            remaining: max(0, free / window), waitMilliseconds: wait, resetMilliseconds: left)
    }

    /// Only after `state` at the same moment.
    mutating func add() {
        current += 1
    }

    /// Takes back one that was counted.
    mutating func takeBack() {
        if current > 0 { current -= 1 } else if previous > 0 { previous -= 1 }
    }

    private mutating func roll(to now: Int64) {
        guard now > bucket else { return }
        previous = now == bucket + 1 ? current : 0
        current = 0
        bucket = now
    }

    private func dividedUp(_ value: Int64, by divisor: Int64) -> Int64 {
        (value + divisor - 1) / divisor
    }
}
