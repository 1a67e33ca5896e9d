import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of pauses, suspensions and ends")
struct SuspensionStories {
    /// One web server for 31.00 a month from 1 January 2027.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,0.00"]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    private static let january = "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589"
    private static let march = "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589"
    /// 18 of the 28 days of February: 31.00 × 18/28 = 19.9286, 19 % of 19.93 is 3.7867.
    private static let restOfFebruary =
        "2027-02-11: Part of a term: 1 × Product web, 2027-02-11–2027-03-01, 1993 + 379"
    /// 12 of the 31 days of January.
    private static let unusedJanuary =
        "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228"

    @Test("a pause gives the unused rest back at once, and on its end the rest of the running term is billed")
    func paused() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            #expect(try await story.read()["suspended_on"] == "2027-01-20")
            try await story.on("2027-02-11")
            try await story.resume()
            try await story.on("2027-03-01")
            #expect(
                try await story.lines()
                    == [Self.january, Self.unusedJanuary, Self.restOfFebruary, Self.march])
        }
    }

    @Test("a pause that ends on its own day costs nothing")
    func pausedForNothing() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.resume()
            #expect(
                try await story.lines() == [
                    Self.january, Self.unusedJanuary,
                    "2027-01-20: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, 1200 + 228",
                ])
        }
    }

    @Test("overdue and resumed within its term, a subscription goes on as if nothing had been")
    func sameTerm() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-01-25")
            try await story.resume()
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    Self.january, "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                ])
        }
    }

    @Test("by default a term that starts while it is overdue is billed from the day it is resumed")
    func skipped() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-02-11")
            #expect(try await story.lines() == [Self.january])
            try await story.resume()
            try await story.on("2027-03-01")
            #expect(try await story.lines() == [Self.january, Self.restOfFebruary, Self.march])
        }
    }

    @Test("months that were skipped whole are never billed")
    func skippedMonths() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.suspend("abuse")
            try await story.on("2027-04-11")
            try await story.resume()
            try await story.on("2027-05-01")
            #expect(
                try await story.lines() == [
                    Self.january,
                    // 20 of the 30 days of April: 31.00 × 20/30 = 20.6667, 19 % of 20.67 is 3.9273
                    "2027-04-11: Part of a term: 1 × Product web, 2027-04-11–2027-05-01, 2067 + 393",
                    "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
                ])
        }
    }

    @Test("with bill_on it is billed while it is suspended")
    func billedOn() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["suspension_billing": "bill_on"])
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-02-11")
            try await story.resume()
            try await story.on("2027-03-01")
            #expect(
                try await story.lines() == [
                    Self.january, "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589", Self.march,
                ])
        }
    }

    @Test("with bill_missed all that started meanwhile is billed when it is resumed")
    func billedLater() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["suspension_billing": "bill_missed"])
            try await story.on("2027-01-20")
            try await story.suspend("staff")
            // What was decided at its suspension counts, whatever is decided meanwhile.
            try await story.decide(["suspension_billing": "skip"])
            try await story.on("2027-03-11")
            try await story.resume()
            #expect(
                try await story.lines() == [
                    Self.january, "2027-03-11: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                    "2027-03-11: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                ])
        }
    }

    @Test("cancelled now with credit, what is unused comes back and nothing more is billed")
    func cancelledWithCredit() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.cancel(["when": "now", "credit": true, "reason": "moved away"])
            try await story.on("2027-04-01")
            #expect(try await story.lines() == [Self.january, Self.unusedJanuary])
            let changes = try await story.staff.send(
                .get, "/v1/subscriptions/\(story.subscription)/changes")["items"].items
            #expect(changes.map(\.["kind"]) == ["cancellation"])
            #expect(changes[0]["reason"] == "moved away")
            #expect(changes[0]["settlement"]["balance"]["amount"] == -1428)
        }
    }

    @Test("cancelled now without credit, what was billed stays billed")
    func cancelledWithoutCredit() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.cancel(["when": "now"])
            try await story.on("2027-04-01")
            #expect(try await story.lines() == [Self.january])
        }
    }

    @Test("cancelled at the end of its term, a term behind it that was billed ahead is given back whole")
    func billedAhead() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["invoice_days_before_due": 14])
            try await story.on("2027-01-20")
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-02-01")
            #expect(try await story.read()["state"] == "cancelled")
            #expect(
                try await story.lines() == [
                    Self.january,  // 14 days before it starts
                    "2027-01-18: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                    "2027-01-20: Unused time: Product web, 2027-02-01–2027-03-01, -3100 + 589",
                ])
        }
    }

    @Test("with change_day preceding, the day of a change is paid for at the old price")
    func precedingDay() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["change_day": "preceding"])
            try await story.on("2027-01-20")
            try await story.exchange(for: "pro")
            #expect(
                try await story.lines() == [
                    Self.january,
                    // 11 of 31 days: 11.00 and 22.00
                    "2027-01-20: Unused time: Product web, 2027-01-21–2027-02-01, -1100 + 209",
                ])
            // What follows begins a day later, and is billed then.
            try await story.on("2027-01-21")
            #expect(
                try await story.lines().last
                    == "2027-01-21: Part of a term: 1 × Product pro, 2027-01-21–2027-02-01, 2200 + 418")
        }
    }

    @Test("by seconds, the day on which clocks go forward is an hour shorter")
    func seconds() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["proration_unit": "second"])
            try await story.on("2027-03-20")
            try await story.exchange(for: "pro")
            #expect(
                try await story.lines().suffix(2) == [
                    // 12 days less an hour of 31 days less an hour: 31.00 × 1033200/2674800 = 11.9744
                    "2027-03-20: Unused time: Product web, 2027-03-20–2027-04-01, -1197 + 227",
                    // 62.00 × 1033200/2674800 = 23.9489, 19 % of 23.95 is 4.5505
                    "2027-03-20: Part of a term: 1 × Product pro, 2027-03-20–2027-04-01, 2395 + 455",
                ])
        }
    }

    @Test("by months of thirty days, February has thirty as well")
    func fixed30() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["proration_unit": "fixed_30", "proration_rounding": "down"])
            try await story.on("2027-02-11")
            try await story.exchange(for: "pro")
            #expect(
                try await story.lines().suffix(2) == [
                    // 31.00 × 20/30 = 20.6667, rounded down 20.66, 19 % of it 3.9254
                    "2027-02-11: Unused time: Product web, 2027-02-11–2027-03-01, -2066 + 393",
                    // 62.00 × 20/30 = 41.3333, 19 % of 41.33 is 7.8527
                    "2027-02-11: Part of a term: 1 × Product pro, 2027-02-11–2027-03-01, 4133 + 785",
                ])
        }
    }
}
