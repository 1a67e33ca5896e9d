import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of plans, fees and steps of a price")
struct PlanStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,15.00", "backup,EUR,month,1,3.10,1.55",
            "vault,EUR,year,1,365.00,0.00",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("up and down within a term, then from months to years at its end, and cancelled with credit")
    func upDownYearEnd() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-11")
            #expect(try await story.exchange(for: "pro") == 2499)
            try await story.on("2027-01-20")
            #expect(try await story.exchange(for: "web") == -1428)
            try await story.on("2027-01-25")
            #expect(try await story.exchange(for: "vault", when: "term_end") == 0)
            try await story.on("2028-02-10")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2028-04-01")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 21/31 = 21.00, 19 % of it is 3.99
                "2027-01-11: Unused time: Product web, 2027-01-11–2027-02-01, -2100 + 399",
                // 62.00 × 21/31 = 42.00, 19 % of it is 7.98
                "2027-01-11: Part of a term: 1 × Product pro, 2027-01-11–2027-02-01, 4200 + 798",
                // 62.00 × 12/31 = 24.00, 19 % of it is 4.56
                "2027-01-20: Unused time: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, "
                    + "-2400 + 456",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-01-20: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, 1200 + 228",
                // 19 % of 365.00 is 69.35
                "2027-02-01: Product vault, 2027-02-01–2028-02-01, 36500 + 6935",
                "2028-02-01: Product vault, 2028-02-01–2029-02-01, 36500 + 6935",
                // from 1 February 2028 to 2029 are 366 days: 365.00 × 357/366 = 356.0246, 19 % of 356.02 is
                // 67.6438
                "2028-02-10: Unused time: Product vault, 2028-02-10–2029-02-01, -35602 + 6764",
            ])
        }
    }

    @Test("a set-up fee is for what is new: neither for a change nor for more, and never given back")
    func setUpFees() async throws {
        var provider = Self.provider
        provider.prices[0] = "web,EUR,month,1,31.00,5.00"
        try await Story.tell(provider) { story in
            try await story.on("2027-01-20")
            try await story.exchange(for: "pro")
            try await story.on("2027-02-15")
            try await story.add("backup")
            try await story.on("2027-03-17")
            try await story.setQuantity("4", of: 1)
            try await story.on("2027-04-10")
            try await story.remove(1)
            try await story.on("2027-05-20")
            try await story.add("backup")
            try await story.on("2027-06-16")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-08-01")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 19 % of 5.00 is 0.95
                "2027-01-01: Set-up: Product web, 2027-01-01–2027-02-01, 500 + 95",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                // no set-up fee for what only changes: 62.00 × 12/31 = 24.00, 19 % of it is 4.56
                "2027-01-20: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, 2400 + 456",
                // 19 % of 62.00 is 11.78
                "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                // the first of a new item comes with its fee: 3.10 × 14/28 = 1.55, 19 % of it is 0.2945
                "2027-02-15: Part of a term: 1 × Product backup, 2027-02-15–2027-03-01, 155 + 29",
                // 19 % of 1.55 is 0.2945
                "2027-02-15: Set-up: Product backup, 2027-02-15–2027-03-01, 155 + 29",
                "2027-03-01: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                // 19 % of 3.10 is 0.589
                "2027-03-01: Product backup, 2027-03-01–2027-04-01, 310 + 59",
                // 3.10 × 15/31 = 1.50, 19 % of it is 0.285
                "2027-03-17: Unused time: Product backup, 2027-03-17–2027-04-01, -150 + 29",
                // 4 × 3.10 = 12.40, and three more cost no fee: 12.40 × 15/31 = 6.00, 19 % of it is 1.14
                "2027-03-17: Part of a term: 4 × Product backup, 2027-03-17–2027-04-01, 600 + 114",
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
                // 19 % of 12.40 is 2.356
                "2027-04-01: Product backup, 2027-04-01–2027-05-01, 1240 + 236",
                // removed; the fee stays: 12.40 × 21/30 = 8.68, 19 % of it is 1.6492
                "2027-04-10: Unused time: Product backup, 2027-04-10–2027-05-01, -868 + 165",
                "2027-05-01: Product pro, 2027-05-01–2027-06-01, 6200 + 1178",
                // added once more, with its fee once more: 3.10 × 12/31 = 1.20, 19 % of it is 0.228
                "2027-05-20: Part of a term: 1 × Product backup, 2027-05-20–2027-06-01, 120 + 23",
                "2027-05-20: Set-up: Product backup, 2027-05-20–2027-06-01, 155 + 29",
                "2027-06-01: Product pro, 2027-06-01–2027-07-01, 6200 + 1178",
                "2027-06-01: Product backup, 2027-06-01–2027-07-01, 310 + 59",
                // 62.00 × 15/30 = 31.00, 19 % of it is 5.89
                "2027-06-16: Unused time: Product pro, 2027-06-16–2027-07-01, -3100 + 589",
                // 3.10 × 15/30 = 1.55, 19 % of it is 0.2945
                "2027-06-16: Unused time: Product backup, 2027-06-16–2027-07-01, -155 + 29",
            ])
        }
    }

    @Test("by volume, one more may cost less and one less may cost more")
    func volume() async throws {
        var provider = Self.provider
        provider.subscriptions = []
        try await Story.begin(provider) { company, staff in
            let price = try await staff.priced([
                "model": "volume",
                "tiers": [
                    ["up_to": "10", "unit_price": "2"], ["up_to": "50", "unit_price": "1.50"],
                    ["unit_price": "1"],
                ],
            ])
            let story = try await staff.ordered(price, "10", company)
            for (day, quantity) in [
                ("2027-01-20", "11"), ("2027-02-15", "50"), ("2027-03-11", "60"), ("2027-05-21", "11"),
                ("2027-06-16", "9"),
            ] {
                try await story.on(day)
                try await story.setQuantity(quantity)
            }
            try await story.on("2027-07-15")
            try await story.tells([
                // 10 × 2.00; 19 % of 20.00 is 3.80
                "2027-01-01: 10 × Made, 2027-01-01–2027-02-01, 2000 + 380",
                // 20.00 × 12/31 = 7.7419, 19 % of 7.74 is 1.4706
                "2027-01-20: Unused time: 10 × Made, 2027-01-20–2027-02-01, -774 + 147",
                // all 11 at 1.50: 16.50 × 12/31 = 6.3871, 19 % of 6.39 is 1.2141
                "2027-01-20: Part of a term: 11 × Made, 2027-01-20–2027-02-01, 639 + 121",
                // 19 % of 16.50 is 3.135
                "2027-02-01: 11 × Made, 2027-02-01–2027-03-01, 1650 + 314",
                // 16.50 × 14/28 = 8.25, 19 % of it is 1.5675
                "2027-02-15: Unused time: 11 × Made, 2027-02-15–2027-03-01, -825 + 157",
                // 50 × 1.50: 75.00 × 14/28 = 37.50, 19 % of it is 7.125
                "2027-02-15: Part of a term: 50 × Made, 2027-02-15–2027-03-01, 3750 + 713",
                // 19 % of 75.00 is 14.25
                "2027-03-01: 50 × Made, 2027-03-01–2027-04-01, 7500 + 1425",
                // 75.00 × 21/31 = 50.8065, 19 % of 50.81 is 9.6539
                "2027-03-11: Unused time: 50 × Made, 2027-03-11–2027-04-01, -5081 + 965",
                // all 60 at 1.00: 60.00 × 21/31 = 40.6452, 19 % of 40.65 is 7.7235
                "2027-03-11: Part of a term: 60 × Made, 2027-03-11–2027-04-01, 4065 + 772",
                // 19 % of 60.00 is 11.40
                "2027-04-01: 60 × Made, 2027-04-01–2027-05-01, 6000 + 1140",
                "2027-05-01: 60 × Made, 2027-05-01–2027-06-01, 6000 + 1140",
                // 60.00 × 11/31 = 21.2903, 19 % of 21.29 is 4.0451
                "2027-05-21: Unused time: 60 × Made, 2027-05-21–2027-06-01, -2129 + 405",
                // all 11 at 1.50: 16.50 × 11/31 = 5.8548, 19 % of 5.85 is 1.1115
                "2027-05-21: Part of a term: 11 × Made, 2027-05-21–2027-06-01, 585 + 111",
                "2027-06-01: 11 × Made, 2027-06-01–2027-07-01, 1650 + 314",
                // 16.50 × 15/30 = 8.25, 19 % of it is 1.5675
                "2027-06-16: Unused time: 11 × Made, 2027-06-16–2027-07-01, -825 + 157",
                // all 9 at 2.00: 18.00 × 15/30 = 9.00, 19 % of it is 1.71
                "2027-06-16: Part of a term: 9 × Made, 2027-06-16–2027-07-01, 900 + 171",
                // 19 % of 18.00 is 3.42
                "2027-07-01: 9 × Made, 2027-07-01–2027-08-01, 1800 + 342",
            ])
        }
    }
}
