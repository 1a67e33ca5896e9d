import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of prices for some")
struct PriceListStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.customers = 3
        provider.prices = ["web,EUR,month,1,31.00,0.00"]
        return provider
    }()

    /// C1 has a price of its own, C2 is of a group that has one, C3 has what everybody has.
    private static func tell(
        _ body: @escaping @Sendable (Company, TestClient, [String], [JSONValue]) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            var customers: [String] = []
            for reference in ["C1", "C2", "C3"] {
                customers.append(try await staff.id(of: "/v1/customers?reference=\(reference)"))
            }
            let group = try await staff.made("/v1/customer-groups", ["name": "Resellers"])
            _ = try await staff.send(
                .patch, "/v1/customers/\(customers[1])", ["customer_group_id": .string(group)])
            let path = "\(try await staff.product("web"))/prices"
            let price: JSONValue = ["interval": ["unit": "month", "count": 1]]
            let own = try await staff.made(
                path,
                price.adding("amount", ["amount": 2000, "currency": "EUR"])
                    .adding("customer_id", .string(customers[0])))
            let groups = try await staff.made(
                path,
                price.adding("amount", ["amount": 2500, "currency": "EUR"])
                    .adding("customer_group_id", .string(group)))
            try await body(
                company, staff, customers,
                [.string(own), .string(groups), try await staff.price("web")])
        }
    }

    @Test("each is offered their own, their group's or everybody's price, and sold at no other's")
    func offered() async throws {
        try await Self.tell { company, staff, customers, prices in
            let path = "\(try await staff.product("web"))/prices"
            for (customer, price) in zip(customers, prices) {
                let offers = try await staff.send(.get, "\(path)?customer_id=\(customer)")
                #expect(offers["items"].items.map { $0["id"] } == [price], "\(offers.text)")
                let order = try await staff.send(.post, "/v1/subscriptions", order(price, of: customer))
                #expect(order.status == 201, "\(order.text)")
            }
            for (customer, price) in [(customers[1], prices[0]), (customers[0], prices[1])] {
                let refused = try await staff.send(.post, "/v1/subscriptions", order(price, of: customer))
                #expect(refused["errors"][0]["message"] == "is for other customers", "\(refused.text)")
            }
            try await company.bill()
            let story = Story(company: company, staff: staff, subscription: "")
            try await story.tells([
                // 19 % of 20.00 is 3.80, of 25.00 4.75, of 31.00 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 2000 + 380",
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 2500 + 475",
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            ])
        }
    }

    @Test(
        "a price that changes is another for who comes later, and the same for who is there until they change"
    )
    func changed() async throws {
        try await Self.tell { company, staff, customers, prices in
            let story = Story(
                company: company, staff: staff,
                subscription: try await staff.made("/v1/subscriptions", order(prices[1], of: customers[1])))
            try await company.bill()
            try await story.on("2027-02-10")
            let changed = try await staff.send(
                .patch, "/v1/prices/\(prices[1].text ?? "")", ["amount": ["amount": 2800, "currency": "EUR"]])
            #expect(changed["customer_group_id"] != .null, "\(changed.text)")
            #expect(changed["id"] != prices[1])
            try await story.on("2027-03-01")
            let part: JSONValue = ["item_id": try await story.item(), "price_id": changed["id"]]
            try await story.change(["items": [part], "when": "term_end"])
            // C1 is of no group.
            let others = Story(
                company: company, staff: staff,
                subscription: try await staff.made("/v1/subscriptions", order(prices[0], of: customers[0])))
            let refused = try await staff.send(
                .post, "\(others.path)/changes",
                ["items": [["item_id": others.item(), "price_id": changed["id"]]]])
            #expect(refused["errors"][0]["pointer"] == "/items/0/price_id", "\(refused.text)")
            try await others.cancel(["when": "now"])
            try await story.on("2027-04-01")
            let lines = try await story.lines().filter { !$0.contains("2000 + 380") }
            #expect(
                lines == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 2500 + 475",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2500 + 475",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 2500 + 475",
                    // 28.00 × 19 % = 5.32
                    "2027-04-01: Product web, 2027-04-01–2027-05-01, 2800 + 532",
                ])
        }
    }

    @Test("a list shows what is for a group, and nobody has two prices of one kind")
    func listed() async throws {
        try await Self.tell { _, staff, customers, prices in
            let own = try await staff.send(.get, "/v1/prices?customer_id=\(customers[0])")
            #expect(own["items"].items.map { $0["id"] } == [prices[0]])
            let path = "\(try await staff.product("web"))/prices"
            let again: JSONValue = [
                "amount": ["amount": 1, "currency": "EUR"], "interval": ["unit": "month", "count": 1],
                "customer_id": .string(customers[0]),
            ]
            #expect(try await staff.send(.post, path, again)["code"] == "price_exists")
            let both = again.adding("customer_group_id", "grp_01kb5zcv0ye37ap6cpwwvqnssr")
            #expect(try await staff.send(.post, path, both)["errors"][0]["pointer"] == "/customer_id")
            let unknown = again.adding("customer_id", "cus_01kb5zcv0ye37ap6cpwwvqnssr")
            #expect(try await staff.send(.post, path, unknown)["code"] == "unknown_audience")
            let nobody = try await staff.send(.get, "\(path)?customer_id=cus_01kb5zcv0ye37ap6cpwwvqnssr")
            #expect(nobody["items"] == [])
            let group = try await staff.send(.get, "/v1/customer-groups")["items"][0]["id"].text ?? ""
            _ = try await staff.send(.patch, "/v1/customers/\(customers[1])", ["customer_group_id": .null])
            let kept = try await staff.send(.delete, "/v1/customer-groups/\(group)")
            #expect(kept["code"] == "customer_group_in_use", "\(kept.text)")
            let everybody = try await staff.send(.get, path)
            #expect(everybody["items"].items.map { $0["id"] } == [prices[2]])
        }
    }

    private func order(_ price: JSONValue, of customer: String) -> JSONValue {
        ["customer_id": .string(customer), "items": [["price_id": price]]]
    }
}
