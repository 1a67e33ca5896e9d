import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of tax")
struct TaxStories {
    private static let rounded = [
        "line": [
            // 19 % of 1.71 is 0.3249
            "2027-01-01: Product api, 2027-01-01–2027-02-01, 171 + 32",
            "2027-01-01: Product bot, 2027-01-01–2027-02-01, 171 + 32",
            // 1.71 × 12/31 = 0.6619, 19 % of 0.66 is 0.1254
            "2027-01-20: Unused time: Product api, 2027-01-20–2027-02-01, -66 + 13",
            // 5.13 × 12/31 = 1.9858, 19 % of 1.99 is 0.3781
            "2027-01-20: Part of a term: 3 × Product api, 2027-01-20–2027-02-01, 199 + 38",
            // 19 % of 5.13 is 0.9747
            "2027-02-01: Product api, 2027-02-01–2027-03-01, 513 + 97",
            "2027-02-01: Product bot, 2027-02-01–2027-03-01, 171 + 32",
            "2027-03-01: Product api, 2027-03-01–2027-04-01, 513 + 97",
            "2027-03-01: Product bot, 2027-03-01–2027-04-01, 171 + 32",
            // 5.13 × 22/31 = 3.6406, 19 % of 3.64 is 0.6916
            "2027-03-10: Unused time: Product api, 2027-03-10–2027-04-01, -364 + 69",
            // 1.71 × 22/31 = 1.2135, 19 % of 1.21 is 0.2299
            "2027-03-10: Unused time: Product bot, 2027-03-10–2027-04-01, -121 + 23",
        ],
        "invoice": [
            // 19 % of 3.42 is 0.6498, 0.65 in all: of two lines that lose as much the first bears the cent
            "2027-01-01: Product api, 2027-01-01–2027-02-01, 171 + 33",
            "2027-01-01: Product bot, 2027-01-01–2027-02-01, 171 + 32",
            // Alone on their documents they are rounded as lines are.
            "2027-01-20: Unused time: Product api, 2027-01-20–2027-02-01, -66 + 13",
            "2027-01-20: Part of a term: 3 × Product api, 2027-01-20–2027-02-01, 199 + 38",
            // 19 % of 6.84 is 1.2996, 1.30 in all: 0.9747 loses 0.0047, 0.3249 loses 0.0049, a cent is its
            "2027-02-01: Product api, 2027-02-01–2027-03-01, 513 + 97",
            "2027-02-01: Product bot, 2027-02-01–2027-03-01, 171 + 33",
            "2027-03-01: Product api, 2027-03-01–2027-04-01, 513 + 97",
            "2027-03-01: Product bot, 2027-03-01–2027-04-01, 171 + 33",
            // 19 % of 4.85 is 0.9215, 0.92 in all: 0.6916 and 0.2299 both lose most of a cent
            "2027-03-10: Unused time: Product api, 2027-03-10–2027-04-01, -364 + 69",
            "2027-03-10: Unused time: Product bot, 2027-03-10–2027-04-01, -121 + 23",
        ],
    ]

    @Test(
        "rounded by line or by invoice, one life differs by the cents that its lines lose together",
        arguments: ["line", "invoice"])
    func rounding(policy: String) async throws {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.taxRounding = policy
        provider.prices = ["api,EUR,month,1,1.71,0.00", "bot,EUR,month,1,1.71,0.00"]
        try await Story.begin(provider) { company, staff in
            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let story = try await Story.order("api", "bot", of: customer, company, staff)
            try await story.on("2027-01-20")
            // 1.99 + 0.38 less 0.66 + 0.13
            #expect(try await story.setQuantity("3") == 158)
            try await story.on("2027-03-10")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-04-15")
            try await story.tells(#require(Self.rounded[policy]))
        }
    }

    @Test("add-ons come and go over a year of a shared billing day, for one with tax and one without")
    func exempt() async throws {
        var provider = Provider()
        provider.today = "2027-01-10"
        provider.customers = 2
        provider.exempt = [2]
        provider.prices = ["web,EUR,month,1,31.00,0.00", "backup,EUR,month,1,3.10,1.55"]
        try await Story.begin(provider) { company, staff in
            var stories: [Story] = []
            for reference in ["C1", "C2"] {
                let customer = try await staff.id(of: "/v1/customers?reference=\(reference)")
                stories.append(
                    try await Story.order("web", of: customer, aligned: "15", company, staff))
            }
            try await stories[0].on("2027-03-20")
            for story in stories { try await story.add("backup") }
            try await stories[0].on("2027-06-01")
            for story in stories { try await story.remove(1) }
            try await stories[0].on("2027-11-20")
            for story in stories { try await story.add("backup") }
            try await stories[0].on("2028-01-31")
            try await stories[0].tells(Self.addOns)
        }
    }

    /// What both pay, the one with tax first.
    private static let addOns = [
        // 31.00 × 5/31 = 5.00, 19 % of it is 0.95
        "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-01-15, 500 + 95",
        "2027-01-10: Part of a term: 1 × Product web, 2027-01-10–2027-01-15, 500 + 0",
        // 19 % of 31.00 is 5.89
        "2027-01-15: Product web, 2027-01-15–2027-02-15, 3100 + 589",
        "2027-01-15: Product web, 2027-01-15–2027-02-15, 3100 + 0",
        "2027-02-15: Product web, 2027-02-15–2027-03-15, 3100 + 589",
        "2027-02-15: Product web, 2027-02-15–2027-03-15, 3100 + 0",
        "2027-03-15: Product web, 2027-03-15–2027-04-15, 3100 + 589",
        "2027-03-15: Product web, 2027-03-15–2027-04-15, 3100 + 0",
        // 3.10 × 26/31 = 2.60, 19 % of it is 0.494
        "2027-03-20: Part of a term: 1 × Product backup, 2027-03-20–2027-04-15, 260 + 49",
        // 19 % of 1.55 is 0.2945
        "2027-03-20: Set-up: Product backup, 2027-03-20–2027-04-15, 155 + 29",
        "2027-03-20: Part of a term: 1 × Product backup, 2027-03-20–2027-04-15, 260 + 0",
        "2027-03-20: Set-up: Product backup, 2027-03-20–2027-04-15, 155 + 0",
        "2027-04-15: Product web, 2027-04-15–2027-05-15, 3100 + 589",
        // 19 % of 3.10 is 0.589
        "2027-04-15: Product backup, 2027-04-15–2027-05-15, 310 + 59",
        "2027-04-15: Product web, 2027-04-15–2027-05-15, 3100 + 0",
        "2027-04-15: Product backup, 2027-04-15–2027-05-15, 310 + 0",
        "2027-05-15: Product web, 2027-05-15–2027-06-15, 3100 + 589",
        "2027-05-15: Product backup, 2027-05-15–2027-06-15, 310 + 59",
        "2027-05-15: Product web, 2027-05-15–2027-06-15, 3100 + 0",
        "2027-05-15: Product backup, 2027-05-15–2027-06-15, 310 + 0",
        // 3.10 × 14/31 = 1.40, 19 % of it is 0.266
        "2027-06-01: Unused time: Product backup, 2027-06-01–2027-06-15, -140 + 27",
        "2027-06-01: Unused time: Product backup, 2027-06-01–2027-06-15, -140 + 0",
        "2027-06-15: Product web, 2027-06-15–2027-07-15, 3100 + 589",
        "2027-06-15: Product web, 2027-06-15–2027-07-15, 3100 + 0",
        "2027-07-15: Product web, 2027-07-15–2027-08-15, 3100 + 589",
        "2027-07-15: Product web, 2027-07-15–2027-08-15, 3100 + 0",
        "2027-08-15: Product web, 2027-08-15–2027-09-15, 3100 + 589",
        "2027-08-15: Product web, 2027-08-15–2027-09-15, 3100 + 0",
        "2027-09-15: Product web, 2027-09-15–2027-10-15, 3100 + 589",
        "2027-09-15: Product web, 2027-09-15–2027-10-15, 3100 + 0",
        "2027-10-15: Product web, 2027-10-15–2027-11-15, 3100 + 589",
        "2027-10-15: Product web, 2027-10-15–2027-11-15, 3100 + 0",
        "2027-11-15: Product web, 2027-11-15–2027-12-15, 3100 + 589",
        "2027-11-15: Product web, 2027-11-15–2027-12-15, 3100 + 0",
        // 3.10 × 25/30 = 2.5833, 19 % of 2.58 is 0.4902
        "2027-11-20: Part of a term: 1 × Product backup, 2027-11-20–2027-12-15, 258 + 49",
        "2027-11-20: Set-up: Product backup, 2027-11-20–2027-12-15, 155 + 29",
        "2027-11-20: Part of a term: 1 × Product backup, 2027-11-20–2027-12-15, 258 + 0",
        "2027-11-20: Set-up: Product backup, 2027-11-20–2027-12-15, 155 + 0",
        "2027-12-15: Product web, 2027-12-15–2028-01-15, 3100 + 589",
        "2027-12-15: Product backup, 2027-12-15–2028-01-15, 310 + 59",
        "2027-12-15: Product web, 2027-12-15–2028-01-15, 3100 + 0",
        "2027-12-15: Product backup, 2027-12-15–2028-01-15, 310 + 0",
        "2028-01-15: Product web, 2028-01-15–2028-02-15, 3100 + 589",
        "2028-01-15: Product backup, 2028-01-15–2028-02-15, 310 + 59",
        "2028-01-15: Product web, 2028-01-15–2028-02-15, 3100 + 0",
        "2028-01-15: Product backup, 2028-01-15–2028-02-15, 310 + 0",
    ]
}
