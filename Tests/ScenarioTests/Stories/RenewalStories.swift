import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

@Suite("Stories of renewals")
struct RenewalStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,31.00,0.00", "domain,EUR,year,1,12.00,0.00"]
        return provider
    }()

    /// Orders, and lives through the first day.
    private static func tell(
        _ products: [String], _ terms: JSONValue, _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            var items: [JSONValue] = []
            for code in products { items.append(["price_id": try await staff.price(code)]) }
            let order = terms.adding("items", .array(items)).adding(
                "customer_id", try await staff.pages("/v1/customers")[0]["id"])
            let story = Story(
                company: company, staff: staff, subscription: try await staff.made("/v1/subscriptions", order)
            )
            try await company.bill()
            try await body(story)
        }
    }

    @Test(
        "it is offered once, renewed in time, and lapses if nobody does; late, it goes on without a gap"
    )
    func byHand() async throws {
        try await Self.tell(["web"], ["renewal": "manual"]) { story in
            try await story.decide(["renewal_offer_days": 10])
            #expect(try await story.read()["renewal"]["renewed_until"] == "2027-02-01")
            try await story.on("2027-01-21")
            #expect(try await story.company.offers() == 0)
            try await story.on("2027-01-25")
            #expect(try await story.company.offers() == 1)
            // 31.00 + 19 %
            #expect(try await story.renew() == 3689)
            try await story.on("2027-02-28")
            #expect(try await story.company.offers() == 2)
            #expect(try await story.read()["state"] == "active")
            try await story.on("2027-03-01")
            let lapsed = try await story.read()
            #expect(lapsed["state"] == "lapsed")
            #expect(lapsed["actions"].items == ["cancel", "renew"])
            try await story.on("2027-03-20")
            #expect(try await story.renew() == 3689)
            #expect(try await story.read()["state"] == "active")
            #expect(try await story.read()["renewal"]["renewed_until"] == "2027-04-01")
            try await story.on("2027-05-01")
            #expect(try await story.read()["state"] == "lapsed")
            // The 30 days of grace end with 1 May.
            try await story.on("2027-05-02")
            #expect(try await story.read()["state"] == "cancelled")
            let late = try await story.staff.send(.post, "\(story.path)/renewals", [:])
            #expect(late["code"] == "wrong_state", "\(late.text)")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-25: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-03-20: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            ])
        }
    }

    @Test("one that renews by itself is renewed early by two terms, and goes on behind them")
    func early() async throws {
        try await Self.tell(["web"], [:]) { story in
            try await story.on("2027-01-15")
            #expect(try await story.renew(["terms": 2]) == 2 * 3689)
            try await story.on("2027-04-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-15: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-01-15: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            ])
        }
    }

    @Test("by hand from a day on, it lasts for what is billed; by itself again, it goes on")
    func thereAndBack() async throws {
        try await Self.tell(["web"], [:]) { story in
            try await story.on("2027-02-10")
            let byHand = try await story.staff.send(.put, "\(story.path)/renewal", ["mode": "manual"])
            #expect(byHand["renewal"]["renewed_until"] == "2027-03-01", "\(byHand.text)")
            #expect(byHand["items"][0]["next_due_on"] == .null)
            let again = try await story.staff.send(.put, "\(story.path)/renewal", ["mode": "manual"])
            #expect(again["renewal"] == byHand["renewal"])
            try await story.on("2027-02-20")
            let byItself = try await story.staff.send(.put, "\(story.path)/renewal", ["mode": "automatic"])
            #expect(byItself["items"][0]["next_due_on"] == "2027-03-01", "\(byItself.text)")
            try await story.on("2027-03-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            ])
        }
    }

    @Test("a year by hand bills its months as they come, and a discount of it counts renewed terms")
    func yearByHand() async throws {
        try await Self.tell(["web", "domain"], ["renewal": "manual"]) { story in
            #expect(try await story.read()["renewal"]["renewed_until"] == "2028-01-01")
            try await story.grant(["percentage": "50", "terms": 1])
            try await story.on("2027-12-15")
            // 12.00 + 19 % = 14.28, and the month that starts with it
            #expect(try await story.renew() == 1428 - 714 + 3689)
            try await story.on("2028-02-01")
            let lines = try await story.lines()
            #expect(lines.count == 16)
            #expect(
                lines.filter { $0.contains("domain") } == [
                    "2027-01-01: Product domain, 2027-01-01–2028-01-01, 1200 + 228",
                    // 12.00 × 50 % = 6.00; × 19 % = 1.14
                    "2027-12-15: Product domain, 2028-01-01–2029-01-01, 600 + 114",
                ])
            #expect(lines.filter { $0.contains("1550 + 295") }.count == 1)
        }
    }

    @Test("before its minimum term it ends with a reason alone, and at the end of a term behind it")
    func minimumTerm() async throws {
        try await Self.tell(["web"], ["minimum_terms": 3]) { story in
            #expect(try await story.read()["minimum_until"] == "2027-04-01")
            try await story.on("2027-01-20")
            let path = "\(story.path)/cancellation"
            let early = try await story.staff.send(.post, path, ["when": "now"])
            #expect(early["code"] == "minimum_term", "\(early.text)")
            #expect(early["detail"].text?.contains("2027-04-01") == true)
            let silent = try await story.staff.send(
                .post, path, ["when": "now", "overrides_minimum_term": true])
            #expect(silent["errors"][0]["pointer"] == "/reason", "\(silent.text)")
            try await story.cancel(["when": "term_end"])
            #expect(try await story.read()["cancel_on"] == "2027-04-01")
            try await story.on("2027-02-10")
            try await story.cancel([
                "when": "now", "credit": true, "overrides_minimum_term": true, "reason": "Moved away",
            ])
            try await story.on("2027-04-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 19 of 28 days: 31.00 × 19/28 = 21.0357; × 19 % = 3.9976
                "2027-02-10: Unused time: Product web, 2027-02-10–2027-03-01, -2104 + 400",
            ])
        }
    }

    @Test("from the day on which its minimum term has ended it is cancelled like any other")
    func minimumTermOver() async throws {
        try await Self.tell(["web"], ["minimum_terms": 2]) { story in
            let path = "\(story.path)/cancellation"
            try await story.on("2027-02-28")
            #expect(try await story.staff.send(.post, path, ["when": "now"]).status == 409)
            try await story.on("2027-03-01")
            try await story.cancel(["when": "term_end"])
            #expect(try await story.read()["cancel_on"] == "2027-04-01")
            // On the day on which the term began, and nothing is given back unasked.
            try await story.cancel(["when": "now"])
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            ])
        }
    }

    @Test("by hand with a minimum term it is bought for that, and lapses behind it")
    func minimumByHand() async throws {
        try await Self.tell(["web"], ["renewal": "manual", "minimum_terms": 2]) { story in
            #expect(try await story.read()["renewal"]["renewed_until"] == "2027-03-01")
            try await story.on("2027-03-01")
            #expect(try await story.read()["state"] == "lapsed")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
            ])
        }
    }

    @Test("a change that is planned for the day up to which it is renewed holds from the renewal on")
    func plannedChange() async throws {
        try await Self.tell(["web"], ["renewal": "manual"]) { story in
            try await story.setQuantity("2", when: "term_end")
            let second = try await story.staff.send(
                .post, "\(story.path)/changes",
                ["items": [["item_id": story.item(), "quantity": "3"]], "when": "term_end"])
            #expect(second["code"] == "change_planned", "\(second.text)")
            try await story.on("2027-01-25")
            // 62.00 + 19 %
            #expect(try await story.renew() == 7378)
            try await story.on("2027-02-10")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-25: Product web, 2027-02-01–2027-03-01, 6200 + 1178",
            ])
        }
    }

    @Test(
        "nobody renews beyond what is billed ahead, nor what is cancelled, and a stale preview renews nothing"
    )
    func refused() async throws {
        try await Self.tell(["domain"], [:]) { story in
            let far = try await story.staff.send(.post, "\(story.path)/renewals", ["terms": 4])
            #expect(far["errors"][0]["pointer"] == "/terms", "\(far.text)")
            let preview = try await story.staff.send(.post, "\(story.path)/renewals/preview", [:])
            try await story.renew()
            let stale = try await story.staff.send(
                .post, "\(story.path)/renewals", ["commitment": preview["commitment"]])
            #expect(stale["code"] == "preview_stale", "\(stale.text)")
            try await story.cancel(["when": "term_end"])
            let ending = try await story.staff.send(.post, "\(story.path)/renewals", [:])
            #expect(ending["code"] == "wrong_state", "\(ending.text)")
            try await story.tells([
                // 12.00 × 19 % = 2.28
                "2027-01-01: Product domain, 2027-01-01–2028-01-01, 1200 + 228",
                "2027-01-01: Product domain, 2028-01-01–2029-01-01, 1200 + 228",
                // The last running term ends with 2027: what was renewed behind it is given back.
                "2027-01-01: Unused time: Product domain, 2028-01-01–2029-01-01, -1200 + 228",
            ])
        }
    }
}

extension Company {
    fileprivate func offers() async throws -> Int {
        try await texts(
            "SELECT type AS line FROM outbox_events WHERE type = 'subscription.renewal_offered'"
        ).count
    }
}
