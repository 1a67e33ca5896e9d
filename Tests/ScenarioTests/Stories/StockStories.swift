import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

@Suite("Stories of stock")
struct StockStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "rack,EUR,month,1,31.00,0.00", "cage,EUR,month,1,62.00,0.00", "web,EUR,month,1,10.00,0.00",
        ]
        return provider
    }()

    @Test("the last one is sold, and then none; a product without a stock is sold on")
    func last() async throws {
        try await Story.begin(Self.provider) { company, staff in
            try await staff.setStock(of: "rack", to: 3)
            let version = try await staff.send(.get, staff.product("rack"))["version"].integer ?? 0
            #expect(try await staff.order([("rack", "2"), ("web", "50")]).status == 201)
            let sold = try await staff.send(.get, staff.product("rack"))
            #expect(sold["stock"] == 1, "\(sold.text)")
            #expect(sold["version"].integer == version + 1)
            #expect(try await staff.send(.get, staff.product("web"))["stock"] == .null)
            // Half a unit takes a whole one, so the two together ask for two.
            let refused = try await staff.order([("web", "1"), ("rack", "0.5"), ("rack", "0.5")])
            #expect(refused.status == 409)
            #expect(refused["code"] == "out_of_stock", "\(refused.text)")
            #expect(refused["errors"].items.map { $0["pointer"] } == ["/items/2"])
            #expect(try await staff.stock(of: "rack") == 1)
            #expect(try await staff.order([("rack", "0.5")]).status == 201)
            #expect(try await staff.order([("rack", "1")])["code"] == "out_of_stock")
            let events = try await company.texts(
                """
                SELECT concat_ws(' ', type, object_version - \(version)) AS line FROM outbox_events
                WHERE type = 'product.updated' AND object_version > \(version) ORDER BY object_version
                """)
            #expect(events == ["product.updated 1", "product.updated 2"])
            try await staff.setStock(of: "rack", to: nil)
            #expect(try await staff.order([("rack", "7")]).status == 201)
            #expect(try await staff.send(.get, "/v1/subscriptions")["items"].items.count == 3)
            try await company.bill()
        }
    }

    @Test("of orders that race for the last two, two are taken; none waits for another's product")
    func race() async throws {
        try await Story.begin(Self.provider) { company, staff in
            try await staff.setStock(of: "rack", to: 2)
            try await staff.setStock(of: "cage", to: 100)
            let orders = [[("rack", "1"), ("cage", "1")], [("cage", "1"), ("rack", "1")]]
            let codes = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let answer = try await staff.order(orders[number % 2])
                        return answer.status == 201 ? nil : answer["code"].text ?? answer.text
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 2)
            #expect(codes.compactMap { $0 } == Array(repeating: "out_of_stock", count: 6))
            #expect(try await staff.stock(of: "rack") == 0)
            #expect(try await staff.stock(of: "cage") == 98)
            try await company.bill()
        }
    }

    @Test("a change takes the difference, its preview nothing, and what is given up comes not back")
    func difference() async throws {
        try await Story.begin(Self.provider) { company, staff in
            try await staff.setStock(of: "rack", to: 5)
            try await staff.setStock(of: "cage", to: 2)
            let order = try await staff.order([("rack", "2")])
            let story = Story(company: company, staff: staff, subscription: try #require(order["id"].text))
            try await company.bill()
            // Two more, of the three that are left; the preview that goes before it took none.
            try await story.setQuantity("4")
            #expect(try await staff.stock(of: "rack") == 1)
            let more: JSONValue = [
                "items": [
                    ["item_id": try await story.item(), "quantity": "5"],
                    ["price_id": try await staff.price("rack"), "quantity": "1"],
                ]
            ]
            for path in ["changes/preview", "changes"] {
                let refused = try await staff.send(.post, "\(story.path)/\(path)", more)
                #expect(refused.status == 409)
                #expect(refused["code"] == "out_of_stock", "\(refused.text)")
                #expect(refused["errors"].items.map { $0["pointer"] } == ["/items/1"])
            }
            #expect(try await staff.stock(of: "rack") == 1)
            try await story.setQuantity("2")
            #expect(try await staff.stock(of: "rack") == 1)
            // Both move, and one is added at the end of the term: it is kept for then.
            try await story.exchange(for: "cage")
            #expect(try await staff.stock(of: "cage") == 0)
            #expect(try await staff.stock(of: "rack") == 1)
            try await story.add("rack", when: "term_end")
            #expect(try await staff.stock(of: "rack") == 0)
            let withdrawn = try await staff.send(.delete, "\(story.path)/planned-changes")
            #expect(withdrawn.status == 200, "\(withdrawn.text)")
            try await story.cancel(["when": "now"])
            #expect(try await staff.stock(of: "rack") == 0)
            #expect(try await staff.stock(of: "cage") == 0)
        }
    }

    @Test("a change that is refused for another reason, and a stale preview, take nothing")
    func nothing() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let order = try await staff.order([("web", "1")])
            let story = Story(company: company, staff: staff, subscription: try #require(order["id"].text))
            try await company.bill()
            try await staff.setStock(of: "rack", to: 1)
            let item: JSONValue = ["price_id": try await staff.price("rack")]
            let stale = try await staff.send(
                .post, "\(story.path)/changes",
                ["items": [item], "commitment": .string(String(repeating: "0", count: 64))])
            #expect(stale["code"] == "preview_stale", "\(stale.text)")
            let wrong = try await staff.order([("rack", "1")], with: "NOTHING")
            #expect(wrong.status >= 400, "\(wrong.text)")
            #expect(try await staff.stock(of: "rack") == 1)
        }
    }

    @Test("what comes in by import is not taken; a stock is set, kept by other changes, and copied as none")
    func kept() async throws {
        var provider = Self.provider
        provider.subscriptions = ["S1,C1,rack,EUR,month,1,3,2026-12-01,,2027-01-01,active,"]
        try await Story.begin(provider) { company, staff in
            let path = try await staff.product("rack")
            #expect(try await staff.stock(of: "rack") == .null)
            for stock: JSONValue in [-1, 1_000_001, "many"] {
                let refused = try await staff.send(.patch, path, ["stock": stock])
                #expect(refused["errors"][0]["pointer"] == "/stock", "\(refused.text)")
            }
            try await staff.setStock(of: "rack", to: 9)
            let named = try await staff.send(.patch, path, ["name": "Rack"])
            #expect(named["stock"] == 9, "\(named.text)")
            let copied = try await staff.send(.post, "\(path)/copies", ["code": "rack-2"])
            #expect(copied["stock"] == 0, "\(copied.text)")
            let made = try await staff.send(
                .post, "/v1/products", ["code": "few", "type": "hosting", "name": "Few", "stock": 4])
            #expect(made["stock"] == 4, "\(made.text)")
            try await company.bill()
            #expect(try await staff.stock(of: "rack") == 9)
        }
    }
}

extension TestClient {
    fileprivate func stock(of code: String) async throws -> JSONValue {
        try await send(.get, product(code))["stock"]
    }

    /// Nil: as many as wanted.
    fileprivate func setStock(of code: String, to stock: Int64?) async throws {
        let value: JSONValue = stock.map { .integer($0) } ?? .null
        let set = try await send(.patch, product(code), ["stock": value])
        #expect(set["stock"] == value, "\(set.text)")
    }

    fileprivate func order(
        _ products: [(code: String, quantity: String)], with coupon: String? = nil
    ) async throws -> Answer {
        var items: [JSONValue] = []
        for (code, quantity) in products {
            items.append(["price_id": try await price(code), "quantity": .string(quantity)])
        }
        let order: JSONValue = [
            "customer_id": .string(try await id(of: "/v1/customers?limit=1")), "items": .array(items),
        ]
        return try await send(
            .post, "/v1/subscriptions", coupon.map { order.adding("coupon_codes", [.string($0)]) } ?? order)
    }
}
