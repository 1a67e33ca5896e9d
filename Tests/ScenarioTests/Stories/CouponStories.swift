import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of coupons")
struct CouponStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.customers = 2
        provider.prices = [
            "web,EUR,month,1,31.00,20.00", "pro,EUR,month,1,62.00,0.00", "vault,EUR,year,1,120.00,0.00",
        ]
        return provider
    }()

    @Test("a coupon of an order runs out after its terms, and lowers what it is for alone")
    func order() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let web = try await staff.productID("web")
            let coupon = try await staff.coupon([
                "code": "SPRING", "name": "Spring sale", "percentage": "25", "terms": 2,
                "product_ids": [web],
            ])
            let order = try await staff.order(["web", "pro"], with: ["SPRING"])
            #expect(order.status == 201, "\(order.text)")
            #expect(try await staff.send(.get, "/v1/coupons/\(coupon)")["uses"] == 1)
            let story = Story(company: company, staff: staff, subscription: try #require(order["id"].text))
            try await company.bill()
            try await story.on("2027-03-01")
            #expect(
                try await story.lines() == [
                    // 31.00 - 7.75 = 23.25; × 19 % = 4.4175
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 2325 + 442",
                    "2027-01-01: Set-up: Product web, 2027-01-01–2027-02-01, 2000 + 380",
                    "2027-01-01: Product pro, 2027-01-01–2027-02-01, 6200 + 1178",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2325 + 442",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                    "2027-03-01: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                ])
            let listed = try await staff.send(.get, "\(story.path)/discounts")["items"].items
            #expect(listed.map { $0["coupon_id"] } == [.string(coupon)])
            #expect(listed.map { $0["name"] } == ["Spring sale"])
        }
    }

    @Test("a coupon that is archived later goes on where it was redeemed, and lowers a new plan it covers")
    func archived() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let coupon = try await staff.coupon(["code": "HALF", "name": "Half", "percentage": "50"])
            let order = try await staff.order(["web"], with: ["HALF"])
            let story = Story(company: company, staff: staff, subscription: try #require(order["id"].text))
            try await company.bill()
            let archived = try await staff.send(.put, "/v1/coupons/\(coupon)/archival")
            #expect(archived["state"] == "archived", "\(archived.text)")
            let late = try await staff.order(["web"], with: ["HALF"])
            #expect(late.status == 409, "\(late.text)")
            #expect(late["code"] == "unusable_coupon")
            try await story.on("2027-02-01")
            let pro = try await staff.price("pro")
            try await story.change(["items": [["item_id": story.item(), "price_id": pro]]])
            #expect(
                try await story.lines() == [
                    // 31.00 × 50 % = 15.50; × 19 % = 2.945
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 1550 + 295",
                    "2027-01-01: Set-up: Product web, 2027-01-01–2027-02-01, 2000 + 380",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 1550 + 295",
                    // The whole of February is given back and billed anew: 62.00 × 50 % = 31.00.
                    "2027-02-01: Unused time: Product web, 2027-02-01–2027-03-01, -1550 + 295",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 3100 + 589",
                ])
        }
    }

    /// The limit, what is ordered first, and the reason that is given then.
    static let limits: [(JSONValue, orders: Int, reason: String)] = [
        (["max_uses": 1], 1, "used up"), (["max_uses_per_customer": 2], 2, "2 times"),
        (["new_customers_only": true], 1, "new customers"),
        (["valid_from": "2027-01-02"], 0, "from 2027-01-02"),
        (["valid_until": "2026-12-31"], 0, "until 2026-12-31"),
    ]

    @Test("a limit is told, and what it stops leaves nothing behind", arguments: limits)
    func limit(terms: JSONValue, orders: Int, reason: String) async throws {
        try await Story.begin(Self.provider) { company, staff in
            let body = terms.adding("code", "C").adding("name", "C").adding("percentage", "10")
            let coupon = try await staff.coupon(body)
            for _ in 0..<orders {
                let order = try await staff.order(["web"], with: ["C"])
                #expect(order.status == 201, "\(order.text)")
            }
            let refused = try await staff.order(["web"], with: ["C"])
            #expect(refused.status == 409, "\(refused.text)")
            #expect(refused["detail"].text?.contains(reason) == true, "\(refused.text)")
            #expect(try await staff.pages("/v1/subscriptions").count == orders)
            #expect(try await staff.send(.get, "/v1/coupons/\(coupon)")["uses"] == .integer(Int64(orders)))
            try await company.bill()
        }
    }

    @Test("of many who redeem the last uses at once, exactly so many have it")
    func race() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let coupon = try await staff.coupon(
                ["code": "LAST", "name": "Last", "percentage": "10", "max_uses": 3])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await staff.order(["web"], with: ["LAST"]).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 201, 201, 409, 409, 409, 409, 409])
            #expect(try await staff.send(.get, "/v1/coupons/\(coupon)")["uses"] == 3)
            try await company.bill()
        }
    }

    @Test("an amount is in one currency, for a cycle, and for those whom it names")
    func others() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customers = try await staff.pages("/v1/customers").map { $0["id"] }
            let terms: JSONValue = [
                "name": "Yearly", "amount": ["amount": 1000, "currency": "EUR"],
                "intervals": [["unit": "year", "count": 1]],
            ]
            _ = try await staff.coupon(terms.adding("code", "YEAR"))
            let monthly = try await staff.order(["web"], with: ["YEAR"])
            #expect(monthly.status == 422, "\(monthly.text)")
            #expect(monthly["code"] == "unusable_discount")
            _ = try await staff.coupon(terms.adding("code", "OTHERS").adding("customer_ids", [customers[1]]))
            let other = try await staff.order(["vault"], with: ["OTHERS"], of: customers[0])
            #expect(other.status == 409, "\(other.text)")
            let both = try await staff.order(["web", "vault"], with: ["YEAR", "OTHERS"], of: customers[1])
            #expect(both.status == 201, "\(both.text)")
            let story = Story(company: company, staff: staff, subscription: try #require(both["id"].text))
            try await company.bill()
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-01-01: Set-up: Product web, 2027-01-01–2027-02-01, 2000 + 380",
                    // 120.00 - 10.00 - 10.00; × 19 % = 19.00
                    "2027-01-01: Product vault, 2027-01-01–2028-01-01, 10000 + 1900",
                ])
        }
    }

    @Test(
        "a coupon that makes no sense is refused with its field",
        arguments: [
            (["percentage": "0"], "/percentage"), ([:], "/percentage"),
            (["percentage": "5", "valid_from": "2027-02-01", "valid_until": "2027-01-01"], "/valid_until"),
            (["percentage": "5", "product_ids": ["prd_01kb5zcv0ye37ap6cpwwvqnssr"]], "/product_ids"),
            (["percentage": "5", "customer_ids": ["cus_01kb5zcv0ye37ap6cpwwvqnssr"]], "/customer_ids"),
            (
                ["percentage": "5", "product_family_ids": ["fam_01kb5zcv0ye37ap6cpwwvqnssr"]],
                "/product_family_ids"
            ),
        ] as [(JSONValue, String)])
    func refused(coupon: JSONValue, field: String) async throws {
        try await Story.begin(Self.provider) { _, staff in
            let refused = try await staff.send(
                .post, "/v1/coupons", coupon.adding("code", "C").adding("name", "C"))
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused["errors"][0]["pointer"] == .string(field), "\(refused.text)")
        }
    }

    @Test("a coupon is redeemed for a subscription that runs, and says itself what it gives")
    func running() async throws {
        try await Story.begin(Self.provider) { company, staff in
            _ = try await staff.coupon([
                "code": "LATER", "name": "Later", "percentage": "10", "terms": 1, "valid_from": "2027-01-01",
                "valid_until": "2027-01-01",
            ])
            let story = try await Story.order("web", of: staff.firstCustomer(), company, staff)
            let more = try await staff.send(
                .post, "\(story.path)/discounts", ["coupon_code": "LATER", "percentage": "20"])
            #expect(more["errors"][0]["pointer"] == "/percentage", "\(more.text)")
            let redeemed = try await staff.send(.post, "\(story.path)/discounts", ["coupon_code": "LATER"])
            #expect(redeemed.status == 201, "\(redeemed.text)")
            let twice = try await staff.send(.post, "\(story.path)/discounts", ["coupon_code": "LATER"])
            #expect(twice["detail"] == "The subscription has the coupon already.", "\(twice.text)")
            let unknown = try await staff.send(.post, "\(story.path)/discounts", ["coupon_code": "NONE"])
            #expect(unknown["code"] == "unusable_coupon", "\(unknown.text)")
            try await story.on("2027-03-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-01-01: Set-up: Product web, 2027-01-01–2027-02-01, 2000 + 380",
                    // 31.00 - 3.10 = 27.90; × 19 % = 5.301
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2790 + 530",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                ])
        }
    }
}

extension TestClient {
    fileprivate func coupon(_ body: JSONValue) async throws -> String {
        let made = try await send(.post, "/v1/coupons", body)
        #expect(made.status == 201, "\(made.text)")
        return try #require(made["id"].text)
    }

    fileprivate func firstCustomer() async throws -> String {
        try #require(try await pages("/v1/customers").first?["id"].text)
    }

    fileprivate func order(
        _ products: [String], with coupons: [JSONValue], of customer: JSONValue? = nil
    ) async throws -> TestClient.Answer {
        var items: [JSONValue] = []
        for code in products { items.append(["price_id": try await price(code)]) }
        let owner = try await firstCustomer()
        return try await send(
            .post, "/v1/subscriptions",
            [
                "customer_id": customer ?? .string(owner), "items": .array(items),
                "coupon_codes": .array(coupons),
            ])
    }
}
