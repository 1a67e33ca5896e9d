import Foundation
import Kernel
import Testing

@Suite("An hour of a day")
struct LocalHourTests {
    @Test(
        "is one moment, also on days on which the clocks change",
        arguments: [
            ("2026-03-28", 2, "Europe/Berlin", "2026-03-28T01:00:00Z"),
            // From 02:00 to 03:00: skipped.
            ("2026-03-29", 1, "Europe/Berlin", "2026-03-29T00:00:00Z"),
            ("2026-03-29", 2, "Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("2026-03-29", 3, "Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("2026-03-29", 4, "Europe/Berlin", "2026-03-29T02:00:00Z"),
            // From 03:00 back to 02:00: twice, of which the first counts.
            ("2026-10-25", 1, "Europe/Berlin", "2026-10-24T23:00:00Z"),
            ("2026-10-25", 2, "Europe/Berlin", "2026-10-25T00:00:00Z"),
            ("2026-10-25", 3, "Europe/Berlin", "2026-10-25T02:00:00Z"),
            // Here the clocks change at midnight: a day without 00:00.
            ("2026-09-06", 0, "America/Santiago", "2026-09-06T04:00:00Z"),
            ("2026-09-06", 1, "America/Santiago", "2026-09-06T04:00:00Z"),
            ("2026-04-04", 23, "America/Santiago", "2026-04-05T02:00:00Z"),
            // Here the last hour of a day is skipped.
            ("2026-03-28", 23, "America/Nuuk", "2026-03-29T00:59:59Z"),
            ("2026-03-29", 0, "America/Nuuk", "2026-03-29T01:00:00Z"),
            // By half an hour, and by a whole day, which there never was.
            ("2026-10-04", 2, "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("2011-12-30", 6, "Pacific/Apia", "2011-12-30T10:00:00Z"),
            ("2026-06-01", 0, "Asia/Kathmandu", "2026-05-31T18:15:00Z"),
            ("2026-06-01", 23, "Pacific/Honolulu", "2026-06-02T09:00:00Z"),
        ])
    func table(day: String, hour: Int, zone: String, moment: String) throws {
        let found = Instant(
            try #require(Day(day)), hour: hour, in: try #require(ZoneName(zone)).zone)
        #expect("\(found)" == moment)
    }

    @Test("comes in the order of the hours, and lies in its day, in every zone")
    func everyZone() throws {
        let names = TimeZone.knownTimeZoneIdentifiers.compactMap(ZoneName.init)
        try #require(names.count > 300)
        for zone in names.map(\.zone) {
            var last = Instant(microseconds: 0)
            for day in (0..<366).map({ Day(daysSince1970: 20_454).adding(days: $0) }) {
                for hour in [0, 2, 3, 23] {
                    let moment = Instant(day, hour: hour, in: zone)
                    #expect(moment >= last, "\(zone.identifier) \(day) \(hour)")
                    #expect(Day(of: moment, in: zone) == day, "\(zone.identifier) \(day) \(hour)")
                    last = moment
                }
            }
        }
    }
}
