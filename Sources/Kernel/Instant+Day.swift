package import Foundation

extension Instant {
    /// When the clocks of `zone` reach `hour`:00 on `day`. An hour that they skip in spring is the moment at
    /// which they skip it, or the second before when that is midnight; of one that they show twice in autumn
    /// it is the first.
    package init(_ day: Day, hour: Int, in zone: TimeZone) {
        func offset(at seconds: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
        }
        // What the clocks are to show, in seconds as if they showed UTC. A day earlier no zone has reached
        // it, a day later every zone has left it, and none changes its clocks twice between.
        let shown = Int64(day.daysSince1970) * 86_400 + Int64(hour) * 3600
        let (before, after) = (offset(at: shown - 86_400), offset(at: shown + 86_400))
        var found = shown - before
        if offset(at: found) != before {
            found = shown - after
            if offset(at: found) != after {
                // Skipped: the change lies between the two guesses, the old time after the new one.
                var (old, new) = (shown - after, shown - before)
                while new - old > 1 {
                    let middle = old + (new - old) / 2
                    if offset(at: middle) == after { new = middle } else { old = middle }
                }
                found = new
                // In Nuuk the 23rd hour is skipped: midnight would be the next day's.
                if Day(of: Instant(microseconds: (new - 1) * 1_000_000), in: zone) == day,
                    Day(of: Instant(microseconds: new * 1_000_000), in: zone) != day
                {
                    found = new - 1
                }
            }
        }
        self.init(microseconds: found * 1_000_000)
    }
}
