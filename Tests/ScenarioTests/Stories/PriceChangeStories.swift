import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of prices that change on a day")
struct PriceChangeStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-31"
        provider.customers = 2
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "backup,EUR,month,1,10.00,5.00", "vault,EUR,year,1,120.00,0.00",
        ]
        return provider
    }()

    private static func tell(
        _ body: @escaping @Sendable (Company, TestClient, String) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            try await body(company, staff, staff.id(of: "/v1/customers?reference=C1"))
        }
    }

    @Test("from the 31st on every month, the term behind the day is the first at the new price")
    func follows() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            try await staff.schedule("web", 3720, on: "2027-03-01")
            // The term from 28 February has begun; the first that starts on 1 March or later is 31 March's.
            try await story.on("2027-03-31")
            let sold = try await story.read()["items"][0]["price_id"]
            #expect(try await staff.price("web") == sold)
            try await story.on("2027-04-30")
            try await story.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                // 19 % of 37.20 is 7.068
                "2027-03-31: Product web, 2027-03-31–2027-04-30, 3720 + 707",
                "2027-04-30: Product web, 2027-04-30–2027-05-31, 3720 + 707",
            ])
        }
    }

    @Test("who is there keeps the price, whether the change says so or their policies do; who comes pays it")
    func grandfathered() async throws {
        try await Self.tell { company, staff, customer in
            let web = try await Story.order("web", of: customer, company, staff)
            let backup = try await Story.order("backup", of: customer, company, staff)
            try await backup.decide(["price_changes": "keep"])
            try await staff.schedule("web", 3500, on: "2027-02-15", existing: "keep")
            try await staff.schedule("backup", 1100, on: "2027-02-15")
            try await web.on("2027-02-15")
            let late = try await Story.order(
                "web", of: staff.id(of: "/v1/customers?reference=C2"), company, staff)
            try await late.on("2027-02-28")
            try await late.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-01-31: Product backup, 2027-01-31–2027-02-28, 1000 + 190",
                "2027-01-31: Set-up: Product backup, 2027-01-31–2027-02-28, 500 + 95",
                "2027-02-15: Product web, 2027-02-15–2027-03-15, 3500 + 665",
                "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-02-28: Product backup, 2027-02-28–2027-03-31, 1000 + 190",
            ])
            // Once they may, they follow with their next term.
            try await backup.decide(["price_changes": .null])
            try await late.on("2027-03-31")
            #expect(
                try await late.lines().suffix(2) == [
                    "2027-03-31: Product web, 2027-03-31–2027-04-30, 3100 + 589",
                    "2027-03-31: Product backup, 2027-03-31–2027-04-30, 1100 + 209",
                ])
        }
    }

    @Test("what was invoiced before the change was scheduled stays, and so do previews until then")
    func ahead() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            try await story.decide(["invoice_days_before_due": 10])
            try await story.on("2027-02-20")
            try await staff.schedule("web", 3720, on: "2027-02-25")
            let preview = try await staff.send(
                .post, "\(story.path)/renewals/preview", ["terms": 1])
            // The next to be billed, from 31 March on: 37.20 + 19 %.
            #expect(preview["now"]["invoices"][0]["gross"]["amount"] == 4427, "\(preview.text)")
            try await story.on("2027-03-25")
            try await story.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-02-18: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-03-21: Product web, 2027-03-31–2027-04-30, 3720 + 707",
            ])
        }
    }

    @Test("three months late, one run bills what was before at the former price and the rest at the new")
    func outage() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            try await staff.schedule("web", 3720, on: "2027-03-31")
            try await story.pass(to: "2027-05-01")
            let rehearsed = try await company.bill(isDryRun: true)
            #expect(try await company.bill() == rehearsed)
            try await story.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-05-01: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-05-01: Product web, 2027-03-31–2027-04-30, 3720 + 707",
                "2027-05-01: Product web, 2027-04-30–2027-05-31, 3720 + 707",
            ])
        }
    }

    @Test("a change in a term billed ahead at the new price is settled at it, and undone for nothing")
    func changedAhead() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            try await story.decide(["invoice_days_before_due": 10])
            try await staff.schedule("web", 3720, on: "2027-02-28")
            try await story.on("2027-02-21")
            // 7 of 28 days at 31.00 are 7.75. Given back 7.75 + 1.47 and 37.20 + 7.07; charged 15.50 + 2.95
            // and 74.40 + 14.14: 106.99 − 53.49 = 53.50.
            let cost = try await story.setQuantity("2")
            let back = try await story.setQuantity("1")
            #expect(cost == 5350 && back == -cost, "\(cost), \(back)")
            let read = try await story.read()
            #expect(read["items"][0]["quantity"] == "1")
            try await story.on("2027-03-31")
            #expect(
                try await story.lines().last
                    == "2027-03-21: Product web, 2027-03-31–2027-04-30, 3720 + 707")
        }
    }

    @Test("a void after the change bills the term again at the price that it had, and goes on at the new one")
    func voided() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            try await story.on("2027-03-31")
            try await staff.schedule("web", 3720, on: "2027-03-31")
            try await staff.voidInvoice(serviceOn: "2027-02-28")
            try await story.on("2027-04-30")
            try await staff.voidInvoice(serviceOn: "2027-03-31")
            try await staff.voidInvoice(serviceOn: "2027-04-30")
            try await story.on("2027-05-31")
            try await story.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-03-31: Product web, 2027-03-31–2027-04-30, 3100 + 589",
                "2027-03-31: Product web, –, -3100 + 589",
                "2027-03-31: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-04-30: Product web, 2027-04-30–2027-05-31, 3720 + 707",
                "2027-04-30: Product web, –, -3100 + 589",
                "2027-04-30: Product web, –, -3720 + 707",
                // Its term is not billed any more, and starts on the day of the change.
                "2027-04-30: Product web, 2027-03-31–2027-04-30, 3720 + 707",
                "2027-04-30: Product web, 2027-04-30–2027-05-31, 3720 + 707",
                "2027-05-31: Product web, 2027-05-31–2027-06-30, 3720 + 707",
            ])
        }
    }

    @Test("the set-up fee of what begins behind the change is the new price's")
    func setUp() async throws {
        try await Self.tell { company, staff, customer in
            let order: JSONValue = [
                "customer_id": .string(customer), "started_on": "2027-02-10",
                "items": [["price_id": try await staff.price("backup")]],
            ]
            let story = Story(
                company: company, staff: staff, subscription: try await staff.made("/v1/subscriptions", order)
            )
            let price = try #require(try await staff.price("backup").text)
            _ = try await staff.made(
                "/v1/prices/\(price)/scheduled-changes",
                [
                    "setup_fee": ["amount": 700, "currency": "EUR"], "effective_on": "2027-02-05",
                    "existing_subscriptions": "follow",
                ])
            try await story.on("2027-02-10")
            try await story.tells([
                "2027-02-10: Product backup, 2027-02-10–2027-03-10, 1000 + 190",
                "2027-02-10: Set-up: Product backup, 2027-02-10–2027-03-10, 700 + 133",
            ])
        }
    }

    @Test("twice changed, a yearly plan takes the price of its day; a month's part stays at the term's")
    func twice() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("vault", of: customer, company, staff)
            try await staff.schedule("vault", 13_200, on: "2027-06-01")
            try await story.pass(to: "2027-06-01")
            try await company.bill()
            try await staff.schedule("vault", 15_000, on: "2028-01-01")
            try await story.pass(to: "2027-08-31")
            // 120.00 × 153/365 is 50.3013 and 240.00 × 153/365 100.6027: 119.71 − 59.86 with 19 %
            #expect(try await story.setQuantity("2") == 5985)
            try await story.pass(to: "2028-01-31")
            try await company.bill()
            try await story.tells([
                "2027-01-31: Product vault, 2027-01-31–2028-01-31, 12000 + 2280",
                "2027-08-31: Unused time: Product vault, 2027-08-31–2028-01-31, -5030 + 956",
                "2027-08-31: Part of a term: 2 × Product vault, 2027-08-31–2028-01-31, 10060 + 1911",
                "2028-01-31: Product vault, 2028-01-31–2029-01-31, 30000 + 5700",
            ])
        }
    }

    @Test("it is withdrawn while nothing is billed at it, and until then the price stays as it is")
    func withdrawn() async throws {
        try await Self.tell { company, staff, customer in
            let story = try await Story.order("web", of: customer, company, staff)
            let price = try #require(try await staff.price("web").text)
            let change = try await staff.schedule("web", 3720, on: "2027-03-01")
            for (method, path, body) in [
                (HTTPRequest.Method.patch, "", ["amount": ["amount": 1, "currency": "EUR"]] as JSONValue),
                (.put, "/archival", nil),
                (
                    .post, "/scheduled-changes",
                    [
                        "amount": ["amount": 1, "currency": "EUR"], "effective_on": "2027-04-01",
                        "existing_subscriptions": "keep",
                    ]
                ),
            ] {
                let refused = try await staff.send(method, "/v1/prices/\(price)\(path)", body)
                #expect(refused["code"] == "price_change_scheduled", "\(refused.text)")
            }
            let withdrawn = try await staff.send(.delete, "/v1/scheduled-price-changes/\(change)")
            #expect(withdrawn["state"] == "withdrawn" && withdrawn["actions"].items.isEmpty)
            let second = try await staff.schedule("web", 3410, on: "2027-03-01")
            try await story.decide(["invoice_days_before_due": 40])
            try await story.on("2027-02-22")
            // Its term from 31 March on is invoiced.
            let late = try await staff.send(.delete, "/v1/scheduled-price-changes/\(second)")
            #expect(late["code"] == "price_in_use", "\(late.text)")
            try await story.on("2027-03-02")
            let gone = try await staff.send(.delete, "/v1/scheduled-price-changes/\(second)")
            #expect(gone["code"] == "wrong_state", "\(gone.text)")
            let listed = try await staff.send(.get, "/v1/scheduled-price-changes?price_id=\(price)")
            #expect(listed["items"].items.map { $0["state"] } == ["in_effect", "withdrawn"])
            #expect(listed["items"][0]["amount_before"]["amount"] == 3100)
            try await story.tells([
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-01-31: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                // 19 % of 34.10 is 6.479
                "2027-02-19: Product web, 2027-03-31–2027-04-30, 3410 + 648",
            ])
        }
    }
}

extension TestClient {
    /// Has the price of a product be another from a day on. Returns the change's id.
    @discardableResult
    fileprivate func schedule(
        _ code: String, _ amountMinor: Int64, on day: String, existing: String = "follow"
    ) async throws -> String {
        let price = try #require(try await price(code).text)
        return try await made(
            "/v1/prices/\(price)/scheduled-changes",
            [
                "amount": ["amount": .integer(amountMinor), "currency": "EUR"],
                "effective_on": .string(day), "existing_subscriptions": .string(existing),
            ])
    }
}
