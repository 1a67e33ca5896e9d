import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of what is billed ahead, and billed again")
struct BilledAheadStories {
    /// One web server for 31.00 a month from 1 January 2027.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,0.00"]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("two weeks ahead, what is changed or ended gives back the next term as well, and bills it anew")
    func ahead() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["invoice_days_before_due": 14])
            try await story.on("2027-01-25")
            // 14.00 + 2.66 and 62.00 + 11.78 less 7.00 + 1.33 and 31.00 + 5.89
            #expect(try await story.exchange(for: "pro") == 4522)
            try await story.on("2027-02-20")
            // 124.00 + 23.56 less 62.00 + 11.78
            #expect(try await story.setQuantity("2", when: "term_end") == 7378)
            try await story.on("2027-03-25")
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-06-01")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 14 days before 1 February
                "2027-01-18: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 31.00 × 7/31 = 7.00, 19 % of it is 1.33
                "2027-01-25: Unused time: Product web, 2027-01-25–2027-02-01, -700 + 133",
                // and all of February: 31.00 × 28/28 = 31.00, 19 % of it is 5.89
                "2027-01-25: Unused time: Product web, 2027-02-01–2027-03-01, -3100 + 589",
                // 62.00 × 7/31 = 14.00, 19 % of it is 2.66
                "2027-01-25: Part of a term: 1 × Product pro, 2027-01-25–2027-02-01, 1400 + 266",
                // 19 % of 62.00 is 11.78
                "2027-01-25: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                // 14 days before 1 March
                "2027-02-15: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                // planned for 1 March, which is billed already: 62.00 × 31/31 = 62.00, 19 % of it is 11.78
                "2027-02-20: Unused time: Product pro, 2027-03-01–2027-04-01, -6200 + 1178",
                // 2 × 62.00; 19 % of 124.00 is 23.56
                "2027-02-20: Product pro, 2027-03-01–2027-04-01, 12400 + 2356",
                "2027-03-18: Product pro, 2027-04-01–2027-05-01, 12400 + 2356",
                // ends with March: 124.00 × 30/30 = 124.00, 19 % of it is 23.56
                "2027-03-25: Unused time: Product pro, 2027-04-01–2027-05-01, -12400 + 2356",
            ])
        }
    }

    @Test("what a void takes back is billed again as it was, or as what was changed meanwhile leaves of it")
    func void() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-03-10")
            try await story.staff.voidInvoice(serviceOn: "2027-02-01")
            try await story.on("2027-03-19")
            #expect(try await story.setQuantity("2") == 1547)
            try await story.on("2027-04-05")
            try await story.staff.voidInvoice(serviceOn: "2027-03-19")
            try await story.on("2027-04-19")
            try await story.staff.voidInvoice(serviceOn: "2027-04-01")
            // 37.20 + 7.07 and 12.40 + 2.36
            #expect(try await story.setQuantity("1") == 5903)
            try await story.on("2027-06-15")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                // the note of a void is for the whole invoice, whose lines tell the days
                "2027-03-10: Product web, –, -3100 + 589",
                "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 31.00 × 13/31 = 13.00, 19 % of it is 2.47
                "2027-03-19: Unused time: Product web, 2027-03-19–2027-04-01, -1300 + 247",
                // 62.00 × 13/31 = 26.00, 19 % of it is 4.94
                "2027-03-19: Part of a term: 2 × Product web, 2027-03-19–2027-04-01, 2600 + 494",
                // 19 % of 62.00 is 11.78
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 6200 + 1178",
                // a part of a term is billed again as the same part
                "2027-04-05: Part of a term: 2 × Product web, –, -2600 + 494",
                "2027-04-05: Part of a term: 2 × Product web, 2027-03-19–2027-04-01, 2600 + 494",
                // void, and changed before it was billed again: only what was used comes back
                "2027-04-19: Product web, –, -6200 + 1178",
                // 62.00 × 30/30 = 62.00 and 62.00 × 12/30 = 24.80: 62.00 − 24.80 = 37.20, 19 % of 37.20 is
                // 7.068
                "2027-04-19: Part of a term: 2 × Product web, 2027-04-01–2027-04-19, 3720 + 707",
                // 31.00 × 12/30 = 12.40, 19 % of it is 2.356
                "2027-04-19: Part of a term: 1 × Product web, 2027-04-19–2027-05-01, 1240 + 236",
                "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
                "2027-06-01: Product web, 2027-06-01–2027-07-01, 3100 + 589",
            ])
        }
    }
}
