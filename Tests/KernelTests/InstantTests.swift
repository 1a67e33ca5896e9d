import Foundation
import Kernel
import Seeds
import Testing

@Suite("Instants and the days they fall on")
struct InstantTests {
    static let texts: [(microseconds: Int64, text: String)] = [
        (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (1_795_305_599_000_000, "2026-11-21T23:59:59Z"), (1_500_000, "1970-01-01T00:00:01.500000Z"),
        (-86_400_000_000, "1969-12-31T00:00:00Z"),
    ]

    @Test("An instant is shown in UTC, with a fraction only when there is one", arguments: texts)
    func shown(microseconds: Int64, text: String) {
        #expect(Instant(microseconds: microseconds).description == text)
    }

    @Test("Whole seconds are rounded down, before 1970 too")
    func seconds() {
        #expect(Instant(microseconds: 1_999_999).unixSeconds == 1)
        #expect(Instant(microseconds: -1).unixSeconds == -1)
        #expect(Instant(microseconds: 5).adding(seconds: 2).microseconds == 2_000_005)
    }

    static let changes: [(zone: String, instant: String, day: String)] = [
        ("Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-28"),
        ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"),
        ("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26"),
        ("Asia/Tokyo", "2026-11-30T15:00:00Z", "2026-12-01"),
        ("America/New_York", "2026-12-01T04:59:59Z", "2026-11-30"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        ("Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01"),
        ("America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03"),
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"),
    ]

    @Test("The day changes at the zone's midnight, with and without summer time", arguments: changes)
    func midnight(zone: String, instant: String, day: String) throws {
        let zone = try #require(ZoneName(zone)).zone
        let date = try Date.ISO8601FormatStyle().parse(instant)
        let moment = Instant(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
        #expect(Day(of: moment, in: zone).description == day)
    }

    @Test("In every zone the day is that of Foundation's calendar, around every change of the clocks")
    func allZones() throws {
        var random = Seeded(7)
        for name in TimeZone.knownTimeZoneIdentifiers {
            let zone = try #require(TimeZone(identifier: name))
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            let range: ClosedRange<Int64> = -1_000_000_000...3_000_000_000
            var moments = (0..<20).map { _ in Int64.random(in: range, using: &random) }
            var date = Date(timeIntervalSince1970: 1_577_836_800)
            for _ in 0..<6 {
                guard let change = zone.nextDaylightSavingTimeTransition(after: date) else { break }
                let second = Int64(change.timeIntervalSince1970)
                moments += [-86_400, -3601, -1, 0, 1, 3600, 7201, 86_400].map { second + $0 }
                date = change
            }
            for second in moments {
                let parts = calendar.dateComponents(
                    [.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(second)))
                let day = Day(of: Instant(microseconds: second * 1_000_000 + 999_999), in: zone)
                let (year, month, dayOfMonth) = day.civil
                #expect(
                    parts.year == year && parts.month == month && parts.day == dayOfMonth,
                    "\(name) at \(second): \(day) (seed 7)")
            }
        }
    }

    static let zones: [(name: String, isAllowed: Bool)] = [
        ("Europe/Berlin", true), ("UTC", true), ("America/Argentina/Buenos_Aires", true), ("CEST", false),
        ("EST", false), ("europe/berlin", false), ("Europe/Atlantis", false),
        ("Europe/../Europe/Berlin", false),
        ("GMT+5", false), ("", false), (" UTC", false), ("Europe/Berlin\u{0}", false),
    ]

    @Test("A zone is named as the IANA names it", arguments: zones)
    func zoneNames(name: String, isAllowed: Bool) {
        #expect((ZoneName(name) != nil) == isAllowed)
    }
}
