import BillingMath
import Kernel
import Testing

@Suite("A suspension")
struct SuspensionTests {
    /// Monthly from 1 January 2026, suspended on 10 February; the terms up to May as from–to@due.
    @Test(
        "leaves out, keeps or puts off the terms that start meanwhile, and owes what began before",
        arguments: [
            "skip in_advance 2026-04-20 | 01-01–02-01@01-01 02-01–03-01@02-01 04-20–05-01@04-20 "
                + "05-01–06-01@05-01",
            "skip in_advance - | 01-01–02-01@01-01 02-01–03-01@02-01",
            // Nothing starts before the day of the resumption, and what starts on it is billed.
            "skip in_advance 2026-03-01 | 01-01–02-01@01-01 02-01–03-01@02-01 03-01–04-01@03-01 "
                + "04-01–05-01@04-01 05-01–06-01@05-01",
            "bill_on in_advance - | 01-01–02-01@01-01 02-01–03-01@02-01 03-01–04-01@03-01 04-01–05-01@04-01 "
                + "05-01–06-01@05-01",
            "bill_missed in_advance 2026-04-20 | 01-01–02-01@01-01 02-01–03-01@02-01 03-01–04-01@04-20 "
                + "04-01–05-01@04-20 05-01–06-01@05-01",
            "bill_missed in_advance - | 01-01–02-01@01-01 02-01–03-01@02-01",
            // February began before and ends meanwhile: it is billed on resumption.
            "skip in_arrears 2026-04-20 | 01-01–02-01@02-01 02-01–03-01@04-20 04-20–05-01@05-01 "
                + "05-01–06-01@06-01",
            "bill_missed in_arrears 2026-04-20 | 01-01–02-01@02-01 02-01–03-01@04-20 03-01–04-01@04-20 "
                + "04-01–05-01@05-01 05-01–06-01@06-01",
        ])
    func terms(row: String) throws {
        let cells = row.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
        let timing = try #require(BillingTiming(rawValue: cells[0][1]))
        let day = try Day(row: "2026-02-10")
        let billing = try #require(SuspensionBilling(rawValue: cells[0][0]))
        let suspension = try #require(
            Suspension(from: day, resumedOn: Day(cells[0][2]), billing: billing))
        let span = ScheduleSpan(
            Schedule(anchor: try Day(row: "2026-01-01"), interval: try #require(Interval(1, .month))))
        let billed = span.terms(from: 0, through: try Day(row: "2026-05-01"), limit: 10)
            .compactMap { suspension.billed($0, timing) }
            .map { "\($0.term.term.start)–\($0.term.term.end)@\($0.dueOn)".replacing("2026-", with: "") }
        #expect(billed == cells[1])
    }

    @Test("does not end before it begins")
    func order() throws {
        let day = try Day(row: "2026-02-10")
        #expect(Suspension(from: day, resumedOn: day.adding(days: -1), billing: .skip) == nil)
    }
}
