import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of price models")
struct PriceModelStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        return provider
    }()

    /// 10 at 2.00, then 1.50 each.
    private static let graduated: JSONValue = [
        "model": "graduated", "tiers": [["up_to": "10", "unit_price": "2"], ["unit_price": "1.50"]],
    ]

    static let prices: [(pricing: JSONValue, quantity: String, netMinor: Int64)] = [
        // 10 × 2.00 + 15 × 1.50 = 42.50
        (graduated, "25", 4250),
        // The tenth is in the first tier: 20.00
        (graduated, "10", 2000),
        // All 25 at the second tier's 1.50, and its fee of 3.00: 40.50
        (
            [
                "model": "volume",
                "tiers": [["up_to": "10", "unit_price": "2"], ["unit_price": "1.5", "flat_fee": "3"]],
            ], "25", 4050
        ),
        // Two packages of five are begun: 2 × 4.00
        (["model": "package", "unit_price": "4", "package_size": "5"], "7", 800),
        // 80 − 50 included = 30 × 0.10 = 3.00, at least 5.00
        (
            [
                "model": "per_unit", "unit_price": "0.10", "included_quantity": "50",
                "minimum_spend": ["amount": 500, "currency": "EUR"],
            ], "80", 500
        ),
        // 30 × 0.10 = 3.00, at most 2.50
        (
            [
                "model": "per_unit", "unit_price": "0.10",
                "maximum_spend": ["amount": 250, "currency": "EUR"],
            ], "30", 250
        ),
        // 1234 × 0.00042 = 0.51828
        (["model": "per_unit", "unit_price": "0.00042"], "1234", 52),
        (["model": "flat", "unit_price": "9.90"], "1000", 990),
    ]

    @Test(
        "a term costs what the model makes of its quantity, and the line tells each step", arguments: prices)
    func models(pricing: JSONValue, quantity: String, netMinor: Int64) async throws {
        try await Story.begin(Self.provider) { company, staff in
            let price = try await staff.priced(pricing)
            let story = try await staff.ordered(price, quantity, company)
            try await story.on("2027-02-01")
            // 19 % of it, rounded half up
            let tax = (netMinor * 19 + 50) / 100
            #expect(
                try await story.lines() == [
                    "2027-01-01: \(quantity) × Made, 2027-01-01–2027-02-01, \(netMinor) + \(tax)",
                    "2027-02-01: \(quantity) × Made, 2027-02-01–2027-03-01, \(netMinor) + \(tax)",
                ])
            let invoice = try await staff.send(.get, "/v1/invoices")["items"][0]["id"].text ?? ""
            let told = try await staff.send(.get, "/v1/invoices/\(invoice)")["lines"][0]["explanation"]
            #expect(told["price_model"]["model"] == pricing["model"])
            #expect(told["price_model"]["quantity"] == .string(quantity))
            #expect(told["price_model"]["steps"][0]["arithmetic"].text != nil)
        }
    }

    @Test("more of it in mid-term gives the rest of the old price back and bills the rest of the new one")
    func change() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let price = try await staff.priced(Self.graduated)
            let story = try await staff.ordered(price, "5", company)
            try await story.on("2027-01-20")
            // 12 of 31 days: 42.50 × 12/31 = 16.45 + 3.13 less 10.00 × 12/31 = 3.87 + 0.74
            #expect(
                try await story.setQuantity("25") == 1497)
            #expect(
                try await story.lines() == [
                    "2027-01-01: 5 × Made, 2027-01-01–2027-02-01, 1000 + 190",
                    "2027-01-20: Unused time: 5 × Made, 2027-01-20–2027-02-01, -387 + 74",
                    "2027-01-20: Part of a term: 25 × Made, 2027-01-20–2027-02-01, 1645 + 313",
                ])
        }
    }

    @Test("a model that is in use is followed by a new version, and what was sold keeps the old one")
    func versions() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let price = try await staff.priced(Self.graduated)
            let story = try await staff.ordered(price, "10", company)
            let next = try await staff.send(
                .patch, "/v1/prices/\(price)", ["pricing": ["model": "flat", "unit_price": "1"]])
            #expect(next["price_version"] == 2 && next["amount"]["amount"] == 100)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines().last == "2027-02-01: 10 × Made, 2027-02-01–2027-03-01, 2000 + 380")
        }
    }

    @Test(
        "what is no price is refused with its place",
        arguments: [
            (["model": "graduated"], "/pricing/tiers"), (["model": "flat"], "/pricing/unit_price"),
            (["model": "percentage", "percentage": "5", "base": "100"], "/pricing/model"),
            (["model": "volume", "tiers": [["up_to": "10", "unit_price": "2"]]], "/pricing/tiers/0/up_to"),
            (["model": "package", "unit_price": "4", "package_size": "0"], "/pricing/package_size"),
            (["model": "flat", "unit_price": "-1"], "/pricing"),
        ] as [(JSONValue, String)])
    func refused(pricing: JSONValue, pointer: String) async throws {
        try await Story.begin(Self.provider) { _, staff in
            let product = try await staff.made(
                "/v1/products", ["code": "made", "type": "email", "name": "Made"])
            let answer = try await staff.send(
                .post, "/v1/products/\(product)/prices",
                ["currency": "EUR", "pricing": pricing, "interval": ["unit": "month", "count": 1]])
            #expect(answer.status == 422)
            #expect(answer["errors"].items.map(\.["pointer"]) == [.string(pointer)], "\(answer.text)")
        }
    }
}

extension TestClient {
    /// The id of a monthly price by a model, of a product of its own.
    func priced(_ pricing: JSONValue, in currency: String = "EUR") async throws -> String {
        let product = try await made("/v1/products", ["code": "made", "type": "email", "name": "Made"])
        return try await made(
            "/v1/products/\(product)/prices",
            [
                "currency": .string(currency), "pricing": pricing,
                "interval": ["unit": "month", "count": 1],
            ])
    }

    func ordered(_ price: String, _ quantity: String, _ company: Company) async throws -> Story {
        let customer = try await id(of: "/v1/customers?reference=C1")
        let subscription = try await made(
            "/v1/subscriptions",
            [
                "customer_id": .string(customer),
                "items": [["price_id": .string(price), "quantity": .string(quantity)]],
            ])
        try await company.bill()
        return Story(company: company, staff: self, subscription: subscription)
    }
}
