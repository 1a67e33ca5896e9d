import Automation
import Kernel
import Testing

@Suite("The hour of the daily automation")
struct AutomationTimeTests {
    @Test(
        "is today's until today has a run, then tomorrow's, in the company's zone",
        arguments: [
            // zone, hour, last day or -, now -> day, moment
            "Europe/Berlin 6 - 2026-11-25T04:00:00Z 2026-11-25 2026-11-25T05:00:00Z",
            "Europe/Berlin 6 - 2026-11-25T05:00:00Z 2026-11-25 2026-11-25T05:00:00Z",
            "Europe/Berlin 6 2026-11-24 2026-11-25T22:59:59Z 2026-11-25 2026-11-25T05:00:00Z",
            "Europe/Berlin 6 2026-11-25 2026-11-25T05:00:01Z 2026-11-26 2026-11-26T05:00:00Z",
            // An outage of ten days: the next run is today's, not one for each day.
            "Europe/Berlin 6 2026-11-15 2026-11-25T08:00:00Z 2026-11-25 2026-11-25T05:00:00Z",
            "Europe/Berlin 6 2026-11-15 2026-11-25T02:00:00Z 2026-11-25 2026-11-25T05:00:00Z",
            // It is the 26th already in Auckland, and still the 24th in Honolulu.
            "Pacific/Auckland 0 2026-11-25 2026-11-25T12:00:00Z 2026-11-26 2026-11-25T11:00:00Z",
            "Pacific/Honolulu 23 2026-11-23 2026-11-25T09:30:00Z 2026-11-24 2026-11-25T09:00:00Z",
            // The zone was changed to one where yesterday is not over: it has had its run.
            "Pacific/Honolulu 6 2026-11-25 2026-11-25T01:00:00Z 2026-11-26 2026-11-26T16:00:00Z",
        ])
    func next(row: String) throws {
        let cells = row.split(separator: " ").map(String.init)
        let time = AutomationTime(
            of: .init(hour: try #require(Int(cells[1])), zone: try #require(ZoneName(cells[0]))),
            after: Day(cells[2]), foundedAt: Instant(microseconds: 0),
            now: try #require(Instant(cells[3])))
        #expect("\(time.day) \(time.dueAt)" == cells[4...].joined(separator: " "))
    }

    @Test("is not made up for by a company that was founded behind it")
    func founded() throws {
        let founded = try #require(Instant("2026-11-25T05:30:00Z"))
        for now in ["2026-11-25T05:30:01Z", "2026-11-25T22:00:00Z"] {
            let time = AutomationTime(
                of: .init(hour: 6, zone: try #require(ZoneName("Europe/Berlin"))), after: nil,
                foundedAt: founded, now: try #require(Instant(now)))
            #expect("\(time.dueAt)" == "2026-11-26T05:00:00Z")
        }
    }
}
