import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of suspensions over several terms")
struct LongSuspensionStories {
    /// One web server for 31.00 a month.
    private static func provider(from day: String) -> Provider {
        var provider = Provider()
        provider.today = day
        provider.prices = ["web,EUR,month,1,31.00,0.00"]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,\(day),,,active,"]
        return provider
    }

    private static let overdue = [
        "skip": [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            // 31.00 × 21/31 = 21.00, 19 % of it is 3.99
            "2027-03-11: Part of a term: 1 × Product web, 2027-03-11–2027-04-01, 2100 + 399",
            "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            // 31.00 × 21/30 = 21.70, 19 % of it is 4.123
            "2027-06-10: Part of a term: 1 × Product web, 2027-06-10–2027-07-01, 2170 + 412",
            "2027-07-01: Product web, 2027-07-01–2027-08-01, 3100 + 589",
        ],
        "bill_on": [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
            "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
            "2027-06-01: Product web, 2027-06-01–2027-07-01, 3100 + 589",
            "2027-07-01: Product web, 2027-07-01–2027-08-01, 3100 + 589",
        ],
        "bill_missed": [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            "2027-03-11: Product web, 2027-02-01–2027-03-01, 3100 + 589",
            "2027-03-11: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            "2027-06-10: Product web, 2027-05-01–2027-06-01, 3100 + 589",
            "2027-06-10: Product web, 2027-06-01–2027-07-01, 3100 + 589",
            "2027-07-01: Product web, 2027-07-01–2027-08-01, 3100 + 589",
        ],
    ]

    @Test(
        "overdue twice, each time over the start of two terms", arguments: ["skip", "bill_on", "bill_missed"])
    func overdue(billing: String) async throws {
        try await Story.tell(Self.provider(from: "2027-01-01")) { story in
            try await story.decide(["suspension_billing": .string(billing)])
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-03-11")
            try await story.resume()
            try await story.on("2027-04-25")
            try await story.suspend("overdue")
            try await story.on("2027-06-10")
            try await story.resume()
            try await story.on("2027-07-15")
            try await story.tells(#require(Self.overdue[billing]))
        }
    }

    @Test("paused over New Year and on last days of terms, each day is paid for once or not at all")
    func lastDays() async throws {
        try await Story.tell(Self.provider(from: "2027-11-01")) { story in
            try await story.on("2027-12-20")
            try await story.suspend("paused")
            try await story.on("2028-01-31")
            try await story.resume()
            try await story.on("2028-02-29")
            try await story.suspend("paused")
            try await story.on("2028-03-01")
            try await story.resume()
            try await story.on("2028-03-31")
            try await story.suspend("paused")
            try await story.on("2028-04-30")
            try await story.resume()
            try await story.on("2028-05-15")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-11-01: Product web, 2027-11-01–2027-12-01, 3100 + 589",
                "2027-12-01: Product web, 2027-12-01–2028-01-01, 3100 + 589",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-12-20: Unused time: Product web, 2027-12-20–2028-01-01, -1200 + 228",
                // on the last day of January: 31.00 × 1/31 = 1.00, 19 % of it is 0.19
                "2028-01-31: Part of a term: 1 × Product web, 2028-01-31–2028-02-01, 100 + 19",
                "2028-02-01: Product web, 2028-02-01–2028-03-01, 3100 + 589",
                // paused for a day: 31.00 × 1/29 = 1.0690, 19 % of 1.07 is 0.2033
                "2028-02-29: Unused time: Product web, 2028-02-29–2028-03-01, -107 + 20",
                "2028-03-01: Product web, 2028-03-01–2028-04-01, 3100 + 589",
                // 31.00 × 1/31 = 1.00, 19 % of it is 0.19
                "2028-03-31: Unused time: Product web, 2028-03-31–2028-04-01, -100 + 19",
                // 31.00 × 1/30 = 1.0333, 19 % of 1.03 is 0.1957
                "2028-04-30: Part of a term: 1 × Product web, 2028-04-30–2028-05-01, 103 + 20",
                "2028-05-01: Product web, 2028-05-01–2028-06-01, 3100 + 589",
            ])
        }
    }
}
