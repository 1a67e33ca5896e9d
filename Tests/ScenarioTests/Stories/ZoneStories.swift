import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of clocks that go forward and back")
struct ZoneStories {
    @Test("a group is billed by seconds and others by days, in Berlin on the days of 23 and of 25 hours")
    func berlin() async throws {
        var provider = Provider()
        provider.today = "2027-03-01"
        provider.customers = 2
        provider.prices = ["web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,0.00"]
        provider.subscriptions = (1...2).map { "S\($0),C\($0),web,EUR,month,1,1,2027-03-01,,,active," }
        try await Story.begin(provider) { company, staff in
            let group = try await staff.made("/v1/customer-groups", ["name": "By seconds"])
            let set = try await staff.send(
                .patch, "/v1/customer-groups/\(group)/policies", ["proration_unit": "second"])
            #expect(set.status == 200)
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let moved = try await staff.send(
                .patch, "/v1/customers/\(customer)", ["customer_group_id": .string(group)])
            #expect(moved.status == 200)
            let stories = [
                try await Story.of("S1", company, staff), try await Story.of("S2", company, staff),
            ]
            for (day, product) in [("2027-03-28", "pro"), ("2027-10-31", "web")] {
                try await stories[0].on(day)
                for story in stories { try await story.exchange(for: product) }
            }
            try await stories[0].on("2027-11-15")
            try await stories[0].tells(Self.inBerlin)
        }
    }

    /// What both pay, the one by seconds first.
    private static let inBerlin = [
        // 19 % of 31.00 is 5.89
        "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
        "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
        // 4 days less an hour of 31 days less an hour: 31.00 × 342000/2674800 = 3.9637, 19 % of
        // 3.96 is 0.7524
        "2027-03-28: Unused time: Product web, 2027-03-28–2027-04-01, -396 + 75",
        // 62.00 × 342000/2674800 = 7.9273, 19 % of 7.93 is 1.5067
        "2027-03-28: Part of a term: 1 × Product pro, 2027-03-28–2027-04-01, 793 + 151",
        // by days: 31.00 × 4/31 = 4.00, 19 % of it is 0.76
        "2027-03-28: Unused time: Product web, 2027-03-28–2027-04-01, -400 + 76",
        // 62.00 × 4/31 = 8.00, 19 % of it is 1.52
        "2027-03-28: Part of a term: 1 × Product pro, 2027-03-28–2027-04-01, 800 + 152",
        // 19 % of 62.00 is 11.78
        "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
        "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
        "2027-05-01: Product pro, 2027-05-01–2027-06-01, 6200 + 1178",
        "2027-05-01: Product pro, 2027-05-01–2027-06-01, 6200 + 1178",
        "2027-06-01: Product pro, 2027-06-01–2027-07-01, 6200 + 1178",
        "2027-06-01: Product pro, 2027-06-01–2027-07-01, 6200 + 1178",
        "2027-07-01: Product pro, 2027-07-01–2027-08-01, 6200 + 1178",
        "2027-07-01: Product pro, 2027-07-01–2027-08-01, 6200 + 1178",
        "2027-08-01: Product pro, 2027-08-01–2027-09-01, 6200 + 1178",
        "2027-08-01: Product pro, 2027-08-01–2027-09-01, 6200 + 1178",
        "2027-09-01: Product pro, 2027-09-01–2027-10-01, 6200 + 1178",
        "2027-09-01: Product pro, 2027-09-01–2027-10-01, 6200 + 1178",
        "2027-10-01: Product pro, 2027-10-01–2027-11-01, 6200 + 1178",
        "2027-10-01: Product pro, 2027-10-01–2027-11-01, 6200 + 1178",
        // 25 hours of 31 days and an hour: 62.00 × 90000/2682000 = 2.0805, 19 % of 2.08 is 0.3952
        "2027-10-31: Unused time: Product pro, 2027-10-31–2027-11-01, -208 + 40",
        // 31.00 × 90000/2682000 = 1.0403, 19 % of 1.04 is 0.1976
        "2027-10-31: Part of a term: 1 × Product web, 2027-10-31–2027-11-01, 104 + 20",
        // by days: 62.00 × 1/31 = 2.00, 19 % of it is 0.38
        "2027-10-31: Unused time: Product pro, 2027-10-31–2027-11-01, -200 + 38",
        // 31.00 × 1/31 = 1.00, 19 % of it is 0.19
        "2027-10-31: Part of a term: 1 × Product web, 2027-10-31–2027-11-01, 100 + 19",
        "2027-11-01: Product web, 2027-11-01–2027-12-01, 3100 + 589",
        "2027-11-01: Product web, 2027-11-01–2027-12-01, 3100 + 589",
    ]

    @Test("on Lord Howe Island clocks change by half an hour, and so do the days that are billed by seconds")
    func lordHowe() async throws {
        var provider = Provider()
        provider.today = "2027-04-01"
        (provider.country, provider.currency) = ("AU", "AUD")
        (provider.timeZone, provider.taxPercent) = ("Australia/Lord_Howe", "10")
        provider.prices = ["web,AUD,month,1,30.00,0.00"]
        provider.subscriptions = ["S1,C1,web,AUD,month,1,1,2027-04-01,,,active,"]
        try await Story.tell(provider) { story in
            let set = try await story.staff.send(
                .patch, "/v1/tenant/policies", ["proration_unit": "second"])
            #expect(set.status == 200)
            try await story.on("2027-04-04")
            // 54.00 + 5.40 less 27.00 + 2.70
            #expect(try await story.setQuantity("2") == 2970)
            try await story.on("2027-10-03")
            // 84.19 + 8.42 less 56.13 + 5.61
            #expect(try await story.setQuantity("3") == 3087)
            try await story.on("2027-11-16")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-12-15")
            try await story.tells([
                // 10 % of 30.00 is 3.00
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 3000 + 300",
                // 27 days and half an hour of 30 days and half an hour: 30.00 × 2334600/2593800 = 27.0021,
                // 10 % of 27.00 is 2.70
                "2027-04-04: Unused time: Product web, 2027-04-04–2027-05-01, -2700 + 270",
                // 60.00 × 2334600/2593800 = 54.0042, 10 % of 54.00 is 5.40
                "2027-04-04: Part of a term: 2 × Product web, 2027-04-04–2027-05-01, 5400 + 540",
                // 10 % of 60.00 is 6.00
                "2027-05-01: Product web, 2027-05-01–2027-06-01, 6000 + 600",
                "2027-06-01: Product web, 2027-06-01–2027-07-01, 6000 + 600",
                "2027-07-01: Product web, 2027-07-01–2027-08-01, 6000 + 600",
                "2027-08-01: Product web, 2027-08-01–2027-09-01, 6000 + 600",
                "2027-09-01: Product web, 2027-09-01–2027-10-01, 6000 + 600",
                "2027-10-01: Product web, 2027-10-01–2027-11-01, 6000 + 600",
                // 29 days less half an hour of 31 days less half an hour: 60.00 × 2503800/2676600 =
                // 56.1264, 10 % of 56.13 is 5.613
                "2027-10-03: Unused time: Product web, 2027-10-03–2027-11-01, -5613 + 561",
                // 90.00 × 2503800/2676600 = 84.1896, 10 % of 84.19 is 8.419
                "2027-10-03: Part of a term: 3 × Product web, 2027-10-03–2027-11-01, 8419 + 842",
                // 10 % of 90.00 is 9.00
                "2027-11-01: Product web, 2027-11-01–2027-12-01, 9000 + 900",
                // 15 of 30 days, no clock changes: 90.00 × 1296000/2592000 = 45.00, 10 % of it is 4.50
                "2027-11-16: Unused time: Product web, 2027-11-16–2027-12-01, -4500 + 450",
            ])
        }
    }
}
