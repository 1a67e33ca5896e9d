import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of the calendar")
struct CalendarStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.prices = [
            "web,EUR,month,1,31.00,5.00", "pro,EUR,month,1,62.00,15.00", "vault,EUR,year,1,366.00,0.00",
            "rack,EUR,month,3,90.00,0.00", "site,EUR,week,1,7.00,0.00", "drop,EUR,day,10,1.00,0.00",
        ]
        return provider
    }()

    @Test("terms from the 31st come to 29 February and back to the 31st, whatever is changed on the way")
    func leapFebruary() async throws {
        var provider = Self.provider
        provider.today = "2027-12-31"
        provider.prices[0] = "web,EUR,month,1,31.00,0.00"
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-12-31,,,active,"]
        try await Story.tell(provider) { story in
            try await story.on("2028-02-29")
            // 62.00 + 11.78 less 31.00 + 5.89
            #expect(try await story.setQuantity("2") == 3689)
            try await story.on("2028-04-10")
            try await story.setQuantity("1")
            try await story.on("2029-02-20")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2029-04-01")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-12-31: Product web, 2027-12-31–2028-01-31, 3100 + 589",
                "2028-01-31: Product web, 2028-01-31–2028-02-29, 3100 + 589",
                "2028-02-29: Product web, 2028-02-29–2028-03-31, 3100 + 589",
                // changed on the day of its start, all of it: 31.00 × 31/31 = 31.00, 19 % of it is 5.89
                "2028-02-29: Unused time: Product web, 2028-02-29–2028-03-31, -3100 + 589",
                // 2 × 31.00; 19 % of 62.00 is 11.78
                "2028-02-29: Product web, 2028-02-29–2028-03-31, 6200 + 1178",
                "2028-03-31: Product web, 2028-03-31–2028-04-30, 6200 + 1178",
                // 62.00 × 20/30 = 41.3333, 19 % of 41.33 is 7.8527
                "2028-04-10: Unused time: Product web, 2028-04-10–2028-04-30, -4133 + 785",
                // 31.00 × 20/30 = 20.6667, 19 % of 20.67 is 3.9273
                "2028-04-10: Part of a term: 1 × Product web, 2028-04-10–2028-04-30, 2067 + 393",
                "2028-04-30: Product web, 2028-04-30–2028-05-31, 3100 + 589",
                "2028-05-31: Product web, 2028-05-31–2028-06-30, 3100 + 589",
                "2028-06-30: Product web, 2028-06-30–2028-07-31, 3100 + 589",
                "2028-07-31: Product web, 2028-07-31–2028-08-31, 3100 + 589",
                "2028-08-31: Product web, 2028-08-31–2028-09-30, 3100 + 589",
                "2028-09-30: Product web, 2028-09-30–2028-10-31, 3100 + 589",
                "2028-10-31: Product web, 2028-10-31–2028-11-30, 3100 + 589",
                "2028-11-30: Product web, 2028-11-30–2028-12-31, 3100 + 589",
                "2028-12-31: Product web, 2028-12-31–2029-01-31, 3100 + 589",
                "2029-01-31: Product web, 2029-01-31–2029-02-28, 3100 + 589",
                // 31.00 × 8/28 = 8.8571, 19 % of 8.86 is 1.6834
                "2029-02-20: Unused time: Product web, 2029-02-20–2029-02-28, -886 + 168",
            ])
        }
    }

    @Test("years from 29 February begin on the 28th until there is a 29th again")
    func leapYears() async throws {
        var provider = Self.provider
        provider.today = "2028-02-29"
        provider.subscriptions = ["S1,C1,vault,EUR,year,1,1,2028-02-29,,,active,"]
        try await Story.tell(provider) { story in
            try await story.on("2031-11-01")
            // 28 February 2031 to 29 February 2032 has 366 days, 120 of them left: 120.00 + 22.80
            #expect(try await story.setQuantity("2") == 14_280)
            try await story.on("2032-03-01")
            #expect(try await story.read()["items"][0]["next_due_on"] == "2033-02-28")
            try await story.tells([
                // 19 % of 366.00 is 69.54
                "2028-02-29: Product vault, 2028-02-29–2029-02-28, 36600 + 6954",
                "2029-02-28: Product vault, 2029-02-28–2030-02-28, 36600 + 6954",
                "2030-02-28: Product vault, 2030-02-28–2031-02-28, 36600 + 6954",
                "2031-02-28: Product vault, 2031-02-28–2032-02-29, 36600 + 6954",
                // 366.00 × 120/366 = 120.00, 19 % of it is 22.80
                "2031-11-01: Unused time: Product vault, 2031-11-01–2032-02-29, -12000 + 2280",
                // 732.00 × 120/366 = 240.00, 19 % of it is 45.60
                "2031-11-01: Part of a term: 2 × Product vault, 2031-11-01–2032-02-29, 24000 + 4560",
                // 2 × 366.00; 19 % of 732.00 is 139.08
                "2032-02-29: Product vault, 2032-02-29–2033-02-28, 73200 + 13908",
            ])
        }
    }

    @Test("quarters, weeks and ten days in one subscription share an invoice where they start on one day")
    func cycles() async throws {
        var provider = Self.provider
        provider.today = "2027-01-01"
        try await Story.begin(provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let story = try await Story.order("rack", "site", "drop", of: customer, company, staff)
            try await story.on("2027-02-10")
            #expect(try await story.setQuantity("2", of: 1) == 238)
            try await story.on("2027-04-10")
            // 12 March is the 70th day after 1 January: ten weeks, seven times ten days. 1 April is the 90th.
            #expect(
                try await company.invoices().filter { !$0.contains(",1,") } == [
                    // 98.00 + 18.62
                    "C1,EUR,2027-01-01,3,9800,1862,11662",
                    // 15.00 + 2.85
                    "C1,EUR,2027-03-12,2,1500,285,1785",
                    // 91.00 + 17.29
                    "C1,EUR,2027-04-01,2,9100,1729,10829",
                ])
            try await story.tells([
                // 19 % of 90.00 is 17.10
                "2027-01-01: Product rack, 2027-01-01–2027-04-01, 9000 + 1710",
                // 19 % of 7.00 is 1.33
                "2027-01-01: Product site, 2027-01-01–2027-01-08, 700 + 133",
                // 19 % of 1.00 is 0.19
                "2027-01-01: Product drop, 2027-01-01–2027-01-11, 100 + 19",
                "2027-01-08: Product site, 2027-01-08–2027-01-15, 700 + 133",
                "2027-01-11: Product drop, 2027-01-11–2027-01-21, 100 + 19",
                "2027-01-15: Product site, 2027-01-15–2027-01-22, 700 + 133",
                "2027-01-21: Product drop, 2027-01-21–2027-01-31, 100 + 19",
                "2027-01-22: Product site, 2027-01-22–2027-01-29, 700 + 133",
                "2027-01-29: Product site, 2027-01-29–2027-02-05, 700 + 133",
                "2027-01-31: Product drop, 2027-01-31–2027-02-10, 100 + 19",
                "2027-02-05: Product site, 2027-02-05–2027-02-12, 700 + 133",
                "2027-02-10: Product drop, 2027-02-10–2027-02-20, 100 + 19",
                // 7.00 × 2/7 = 2.00, 19 % of it is 0.38
                "2027-02-10: Unused time: Product site, 2027-02-10–2027-02-12, -200 + 38",
                // 14.00 × 2/7 = 4.00, 19 % of it is 0.76
                "2027-02-10: Part of a term: 2 × Product site, 2027-02-10–2027-02-12, 400 + 76",
                // 19 % of 14.00 is 2.66
                "2027-02-12: Product site, 2027-02-12–2027-02-19, 1400 + 266",
                "2027-02-19: Product site, 2027-02-19–2027-02-26, 1400 + 266",
                "2027-02-20: Product drop, 2027-02-20–2027-03-02, 100 + 19",
                "2027-02-26: Product site, 2027-02-26–2027-03-05, 1400 + 266",
                "2027-03-02: Product drop, 2027-03-02–2027-03-12, 100 + 19",
                "2027-03-05: Product site, 2027-03-05–2027-03-12, 1400 + 266",
                "2027-03-12: Product site, 2027-03-12–2027-03-19, 1400 + 266",
                "2027-03-12: Product drop, 2027-03-12–2027-03-22, 100 + 19",
                "2027-03-19: Product site, 2027-03-19–2027-03-26, 1400 + 266",
                "2027-03-22: Product drop, 2027-03-22–2027-04-01, 100 + 19",
                "2027-03-26: Product site, 2027-03-26–2027-04-02, 1400 + 266",
                "2027-04-01: Product rack, 2027-04-01–2027-07-01, 9000 + 1710",
                "2027-04-01: Product drop, 2027-04-01–2027-04-11, 100 + 19",
                "2027-04-02: Product site, 2027-04-02–2027-04-09, 1400 + 266",
                "2027-04-09: Product site, 2027-04-09–2027-04-16, 1400 + 266",
            ])
        }
    }

    @Test("a trial that ends on 29 February begins terms from the 29th, at what was chosen in the trial")
    func leapTrial() async throws {
        var provider = Self.provider
        provider.today = "2028-01-30"
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2028-01-30,2028-02-29,,trial,"]
        try await Story.tell(provider) { story in
            try await story.on("2028-02-10")
            #expect(try await story.exchange(for: "pro") == 0)
            try await story.on("2028-04-09")
            // 20.00 + 3.80 less 40.00 + 7.60
            #expect(try await story.exchange(for: "web") == -2380)
            try await story.on("2029-03-10")
            try await story.cancel(["when": "term_end"])
            try await story.on("2029-04-30")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([
                // 19 % of 62.00 is 11.78
                "2028-02-29: Product pro, 2028-02-29–2028-03-29, 6200 + 1178",
                // 19 % of 15.00 is 2.85
                "2028-02-29: Set-up: Product pro, 2028-02-29–2028-03-29, 1500 + 285",
                "2028-03-29: Product pro, 2028-03-29–2028-04-29, 6200 + 1178",
                // 62.00 × 20/31 = 40.00, 19 % of it is 7.60
                "2028-04-09: Unused time: Product pro, 2028-04-09–2028-04-29, -4000 + 760",
                // 31.00 × 20/31 = 20.00, 19 % of it is 3.80
                "2028-04-09: Part of a term: 1 × Product web, 2028-04-09–2028-04-29, 2000 + 380",
                // 19 % of 31.00 is 5.89
                "2028-04-29: Product web, 2028-04-29–2028-05-29, 3100 + 589",
                "2028-05-29: Product web, 2028-05-29–2028-06-29, 3100 + 589",
                "2028-06-29: Product web, 2028-06-29–2028-07-29, 3100 + 589",
                "2028-07-29: Product web, 2028-07-29–2028-08-29, 3100 + 589",
                "2028-08-29: Product web, 2028-08-29–2028-09-29, 3100 + 589",
                "2028-09-29: Product web, 2028-09-29–2028-10-29, 3100 + 589",
                "2028-10-29: Product web, 2028-10-29–2028-11-29, 3100 + 589",
                "2028-11-29: Product web, 2028-11-29–2028-12-29, 3100 + 589",
                "2028-12-29: Product web, 2028-12-29–2029-01-29, 3100 + 589",
                "2029-01-29: Product web, 2029-01-29–2029-02-28, 3100 + 589",
                "2029-02-28: Product web, 2029-02-28–2029-03-29, 3100 + 589",
            ])
        }
    }
}
