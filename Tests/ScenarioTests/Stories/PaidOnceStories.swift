import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of what is paid once")
struct PaidOnceStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,0.00"]
        return provider
    }()

    /// Orders some of web, for 31.00 a month, and transfer, which costs 12.00 once.
    private static func tell(
        _ products: [String], _ terms: JSONValue = [:],
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            try await staff.sellsOnce("transfer", 1200)
            _ = try await staff.made(
                "/v1/coupons",
                [
                    "code": "WELCOME", "name": "Welcome", "terms": 1,
                    "amount": ["amount": 860, "currency": "EUR"],
                ])
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

    private static let january = "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589"
    private static let february = "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589"
    private static let transfer = "2027-01-01: Product transfer, 2027-01-01–2027-01-02, 1200 + 228"
    /// 12 of the 31 days of January.
    private static let unusedJanuary =
        "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228"

    @Test("a transfer with a plan is billed with its first month, and never again")
    func withPlan() async throws {
        try await Self.tell(["web", "transfer"]) { story in
            let item = try await story.read()["items"][1]
            #expect(item["paid_once"] == true)
            #expect(item["next_due_on"] == .null)
            #expect(try await story.company.invoices() == ["C1,EUR,2027-01-01,2,4300,817,5117"])
            let invoice = try await story.staff.id(of: "/v1/invoices")
            let told = try await story.staff.send(.get, "/v1/invoices/\(invoice)/explanation")
            #expect(told["lines"][1]["sentences"][0] == "Billed once, on 2027-01-01.")
            try await story.on("2027-02-01")
            try await story.tells([Self.january, Self.transfer, Self.february])
        }
    }

    @Test("alone, it leaves an active subscription of which nothing is due, until somebody ends it")
    func alone() async throws {
        try await Self.tell(["transfer"], ["alignment": "calendar", "minimum_terms": 3]) { story in
            try await story.on("2027-03-01")
            #expect(try await story.read()["state"] == "active")
            #expect(try await story.read()["minimum_until"] == .null)
            let renewed = try await story.staff.send(.post, "\(story.path)/renewals", [:])
            #expect(renewed["code"] == "nothing_to_renew", "\(renewed.text)")
            let chosen = try await story.staff.send(.put, "\(story.path)/renewal", ["mode": "manual"])
            #expect(chosen["code"] == "nothing_to_renew", "\(chosen.text)")
            let ordered = try await story.staff.send(
                .post, "/v1/subscriptions",
                [
                    "customer_id": story.read()["customer_id"], "renewal": "manual",
                    "items": [["price_id": story.staff.price("transfer")]],
                ])
            #expect(ordered["errors"][0]["pointer"] == "/renewal", "\(ordered.text)")
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-03-02")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([Self.transfer])
        }
    }

    @Test("a coupon for one term lowers it as it lowers a term: by its share of an amount")
    func coupon() async throws {
        try await Self.tell(["web", "transfer"], ["coupon_codes": ["WELCOME"]]) { story in
            try await story.on("2027-02-01")
            try await story.tells([
                // 8.60 in the ratio of 31 to 12: 31.00 − 6.20 and 12.00 − 2.40; 19 % are 4.712 and 1.824
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 2480 + 471",
                "2027-01-01: Product transfer, 2027-01-01–2027-01-02, 960 + 182", Self.february,
            ])
        }
    }

    @Test("a discount that comes later is all for what is still billed")
    func laterDiscount() async throws {
        try await Self.tell(["web", "transfer"]) { story in
            try await story.on("2027-01-20")
            let granted = try await story.staff.send(
                .post, "\(story.path)/discounts",
                ["terms": 1, "amount": ["amount": 860, "currency": "EUR"]])
            #expect(granted.status == 201, "\(granted.text)")
            try await story.on("2027-02-01")
            try await story.tells([
                Self.january, Self.transfer,
                // 31.00 − 8.60, and 19 % of it 4.256
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 2240 + 426",
            ])
        }
    }

    @Test(
        "added in mid-term it costs all of it that day, stands in no change's way, and goes for nothing later"
    )
    func added() async throws {
        try await Self.tell(["web"]) { story in
            try await story.on("2027-01-20")
            // 12.00 + 2.28
            #expect(try await story.add("transfer") == 1428)
            // 31.00 × 12/31 more, and its tax.
            #expect(try await story.setQuantity("2") == 1428)
            try await story.on("2027-01-25")
            #expect(try await story.remove(1) == 0)
            try await story.on("2027-02-01")
            #expect(try await story.read()["items"][1]["removed_on"] == "2027-01-25")
            try await story.tells([
                Self.january, "2027-01-20: Product transfer, 2027-01-20–2027-01-21, 1200 + 228",
                Self.unusedJanuary,
                "2027-01-20: Part of a term: 2 × Product web, 2027-01-20–2027-02-01, 2400 + 456",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 6200 + 1178",
            ])
        }
    }

    @Test("taken out on its own day it is given back whole")
    func takenOut() async throws {
        try await Self.tell(["web"]) { story in
            try await story.on("2027-01-20")
            #expect(try await story.add("transfer") == 1428)
            #expect(try await story.remove(1) == -1428)
            try await story.tells([
                Self.january, "2027-01-20: Product transfer, 2027-01-20–2027-01-21, 1200 + 228",
                "2027-01-20: Unused time: Product transfer, 2027-01-20–2027-01-21, -1200 + 228",
            ])
        }
    }

    @Test("neither its number nor its price changes, and no plan becomes it")
    func unchanged() async throws {
        try await Self.tell(["web", "transfer"]) { story in
            let (web, transfer) = (try await story.item(0), try await story.item(1))
            let price = try await story.staff.price("transfer")
            let pro = try await story.staff.price("pro")
            let refusals: [(JSONValue, String)] = [
                (["item_id": transfer, "quantity": "2"], "/items/0/quantity"),
                (["item_id": transfer, "price_id": pro], "/items/0/price_id"),
                (["item_id": transfer, "starts_term": true], "/items/0/item_id"),
                (["item_id": web, "price_id": price], "/items/0/price_id"),
            ]
            for (part, pointer) in refusals {
                let refused = try await story.staff.send(.post, "\(story.path)/changes", ["items": [part]])
                #expect(refused.status == 422)
                #expect(refused["errors"][0]["pointer"] == .string(pointer), "\(refused.text)")
            }
        }
    }

    @Test("planned for a day that a suspension covers, it is billed when that ends; withdrawn, it never is")
    func planned() async throws {
        try await Self.tell(["web"]) { story in
            try await story.on("2027-01-10")
            #expect(try await story.add("transfer", when: "2027-01-25") == 0)
            let withdrawn = try await story.staff.send(.delete, "\(story.path)/planned-changes")
            #expect(withdrawn.status == 200, "\(withdrawn.text)")
            #expect(try await story.add("transfer", when: "2027-01-25") == 0)
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-01-28")
            try await story.resume()
            try await story.on("2027-02-01")
            try await story.tells([
                Self.january, "2027-01-28: Product transfer, 2027-01-28–2027-01-29, 1200 + 228",
                Self.february,
            ])
        }
    }

    @Test("a pause or a cancellation gives nothing of it back, and the end of a pause bills nothing of it")
    func paused() async throws {
        try await Self.tell(["web", "transfer"]) { story in
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.on("2027-02-01")
            try await story.resume()
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-04-01")
            try await story.tells([
                Self.january, Self.transfer, Self.unusedJanuary, Self.february,
                "2027-02-01: Unused time: Product web, 2027-02-01–2027-03-01, -3100 + 589",
            ])
        }
    }

    @Test("renewed by hand, a subscription goes by its plan alone, and so does its end")
    func renewed() async throws {
        try await Self.tell(["web", "transfer"], ["renewal": "manual"]) { story in
            #expect(try await story.read()["renewal"]["renewed_until"] == "2027-02-01")
            try await story.on("2027-01-20")
            #expect(try await story.renew() == 3689)
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-03-01")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([
                Self.january, Self.transfer,
                "2027-01-20: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-01-20: Unused time: Product web, 2027-02-01–2027-03-01, -3100 + 589",
            ])
        }
    }
}

extension TestClient {
    /// Puts a product on sale that is paid once.
    func sellsOnce(_ code: String, _ amountMinor: Int64) async throws {
        _ = try await made(
            "/v1/products",
            [
                "code": .string(code), "type": "hosting", "name": .string("Product \(code)"),
                "prices": [["amount": ["amount": .integer(amountMinor), "currency": "EUR"]]],
            ])
    }
}
