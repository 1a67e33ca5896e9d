package import Kernel

/// The next automation of a tenant that goes by the real clock.
package struct AutomationTime: Sendable, Hashable {
    package let day: Day
    /// May have passed: then it is due now.
    package let dueAt: Instant

    /// Today's run if today has none, else tomorrow's. The hour that a company was founded behind is not made
    /// up for: it may still be taking its data in.
    package init(
        of settings: Settings, after lastDay: Day?, foundedAt: Instant, now: Instant
    ) {
        let today = Day(of: now, in: settings.zone.zone)
        let todayDueAt = Instant(today, hour: settings.hour, in: settings.zone.zone)
        if todayDueAt >= foundedAt, lastDay.map({ $0 < today }) ?? true {
            day = today
            dueAt = todayDueAt
        } else {
            // A change of the time zone may have brought yesterday back.
            day = max(today, lastDay ?? today).adding(days: 1)
            dueAt = Instant(day, hour: settings.hour, in: settings.zone.zone)
        }
    }

    package struct Settings: Sendable, Hashable {
        let hour: Int
        let zone: ZoneName

        package init(hour: Int, zone: ZoneName) {
            self.hour = hour
            self.zone = zone
        }
    }
}
