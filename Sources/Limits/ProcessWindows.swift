import Kernel
import Redis
import Synchronization

/// Counters of this process alone, for what must be limited even while Redis is away.
final class ProcessWindows: Sendable {
    /// A password takes 66 ms to compare, one after another: in a quarter of an hour one process makes less
    /// than 14,000 comparisons, with three counters each. So nobody can push the counter that holds him back
    /// out by making others.
    static let limit = 65_536

    private struct Entry {
        var window = SlidingWindow()
        let quota: RateQuota
    }

    private let clock: RealClock
    private let limit: Int
    private let entries = Mutex<[RedisKey: Entry]>([:])

    init(clock: RealClock, limit: Int = ProcessWindows.limit) {
        self.clock = clock
        self.limit = limit
    }

    /// Counts in all windows, or in none when one of them is full. Quotas of zero do not count.
    func take(_ windows: [(key: RedisKey, quota: RateQuota)]) -> [WindowState] {
        let now = clock.now().microseconds / 1000
        return entries.withLock { entries in
            let open = windows.filter { !$0.quota.isOff }
            var found = open.map { entries[$0.key] ?? Entry(quota: $0.quota) }
            let states = found.indices.map { found[$0].window.state(open[$0].quota, at: now) }
            guard states.allSatisfy({ $0.waitMilliseconds == 0 }) else { return states }
            for (place, window) in open.enumerated() {
                found[place].window.add()
                entries[window.key] = found[place]
            }
            if entries.count > limit { makeRoom(in: &entries, at: now) }
            return states.map {
                WindowState(
                    remaining: $0.remaining - 1, waitMilliseconds: 0, resetMilliseconds: $0.resetMilliseconds)
            }
        }
    }

    func takeBack(_ keys: [RedisKey]) {
        entries.withLock { entries in
            for key in keys { entries[key]?.window.takeBack() }
        }
    }

    func forget(_ key: RedisKey) {
        entries.withLock { _ = $0.removeValue(forKey: key) }
    }

    var count: Int { entries.withLock { $0.count } }

    /// Drops what is over; if that is not a quarter, then any: better to forget some than to grow, or to
    /// look through all of them with each request.
    private func makeRoom(in entries: inout [RedisKey: Entry], at now: Int64) {
        entries = entries.filter { !$0.value.window.isOver($0.value.quota, at: now) }
        let room = limit - limit / 4
        if entries.count > room {
            for key in Array(entries.keys.prefix(entries.count - room)) { entries[key] = nil }
        }
    }
}
