import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of billing days")
struct AlignmentStories {
    /// A customer without any service on 10 January 2027, and what is sold.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-10"
        provider.prices = [
            "web,EUR,month,1,31.00,5.00", "vault,EUR,year,1,365.00,0.00", "site,EUR,week,1,7.00,0.00",
        ]
        return provider
    }()

    @Test("a customer's billing day brings all their services to it, the first term being a part of one")
    func billingDay() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            _ = try await staff.send(.patch, "/v1/customers/\(customer)/policies", ["billing_day": 15])
            let story = try await Story.order("web", of: customer, company, staff)
            // The yearly service starts two days later and renews on the 15th of a month as well.
            try await story.on("2027-01-12")
            let vault = try await Story.order("vault", of: customer, company, staff)
            try await story.on("2027-02-20")
            #expect(try await vault.read()["items"][0]["next_due_on"] == "2028-01-15")
            #expect(
                try await story.lines() == [
                    // 15 December to 15 January has 31 days, 5 of them from the 10th: 31.00 × 5/31 = 5.00
                    "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-01-15, 500 + 95",
                    "2027-01-10: Set-up: Product web, 2027-01-10–2027-01-15, 500 + 95",
                    // 15 January 2026 to 2027 has 365 days: 365.00 × 3/365 = 3.00
                    "2027-01-12: Part of a term: 1 × Product vault, 2027-01-12–2027-01-15, 300 + 57",
                    "2027-01-15: Product web, 2027-01-15–2027-02-15, 3100 + 589",
                    "2027-01-15: Product vault, 2027-01-15–2028-01-15, 36500 + 6935",
                    "2027-02-15: Product web, 2027-02-15–2027-03-15, 3100 + 589",
                ])
        }
    }

    @Test("the 31st as a billing day is the last of each month, and 28 February does not keep it there")
    func lastDay() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let story = try await Story.order("web", of: customer, aligned: "31", company, staff)
            try await story.on("2027-04-30")
            #expect(
                try await story.lines() == [
                    // 31 December to 31 January has 31 days, 21 of them from the 10th: 21.00
                    "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-01-31, 2100 + 399",
                    "2027-01-10: Set-up: Product web, 2027-01-10–2027-01-31, 500 + 95",
                    "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                    "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                    "2027-03-31: Product web, 2027-03-31–2027-04-30, 3100 + 589",
                    "2027-04-30: Product web, 2027-04-30–2027-05-31, 3100 + 589",
                ])
        }
    }

    @Test("aligned with the calendar, weeks begin on Monday, months on the 1st and years on 1 January")
    func calendar() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            // 10 January 2027 is a Sunday: the last of the 7 days of its week.
            let story = try await Story.order("site", of: customer, aligned: "calendar", company, staff)
            _ = try await Story.order("web", of: customer, aligned: "calendar", company, staff)
            _ = try await Story.order("vault", of: customer, aligned: "calendar", company, staff)
            try await story.on("2027-01-12")
            #expect(
                try await story.lines() == [
                    "2027-01-10: Part of a term: 1 × Product site, 2027-01-10–2027-01-11, 100 + 19",
                    // 22 of the 31 days of January, 356 of the 365 days of 2027
                    "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-02-01, 2200 + 418",
                    "2027-01-10: Set-up: Product web, 2027-01-10–2027-02-01, 500 + 95",
                    "2027-01-10: Part of a term: 1 × Product vault, 2027-01-10–2028-01-01, 35600 + 6764",
                    "2027-01-11: Product site, 2027-01-11–2027-01-18, 700 + 133",
                ])
        }
    }

    @Test(
        "a service can be aligned with the day on which another renews, if its terms can keep it"
    )
    func aligned() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let story = try await Story.order("web", of: customer, aligned: "2027-06-20", company, staff)
            try await story.on("2027-01-20")
            #expect(
                try await story.lines() == [
                    // 20 December to 20 January has 31 days, 10 of them from the 10th
                    "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-01-20, 1000 + 190",
                    "2027-01-10: Set-up: Product web, 2027-01-10–2027-01-20, 500 + 95",
                    "2027-01-20: Product web, 2027-01-20–2027-02-20, 3100 + 589",
                ])
            let weekly = try await staff.send(
                .post, "/v1/subscriptions",
                [
                    "customer_id": .string(customer), "alignment": "15",
                    "items": [["price_id": try await staff.price("site")]],
                ])
            #expect(weekly.status == 422)
            #expect(weekly["errors"][0]["pointer"] == "/alignment")
        }
    }
}
