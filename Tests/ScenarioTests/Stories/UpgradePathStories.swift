import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of upgrade paths")
struct UpgradePathStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "small,EUR,month,1,31.00,0.00", "large,EUR,month,1,62.00,0.00", "huge,EUR,month,1,93.00,0.00",
        ]
        return provider
    }()

    /// One has small, which may be changed to large alone.
    private static func tell(_ body: @escaping @Sendable (Story) async throws -> Void) async throws {
        try await Story.begin(provider) { company, staff in
            let large = try await staff.productID("large")
            let set = try await staff.setPaths(of: "small", to: [large])
            try #require(set["product_ids"] == [large], "\(set.text)")
            let customer = try await staff.id(of: "/v1/customers?limit=1")
            try await body(try await Story.order("small", of: customer, company, staff))
        }
    }

    @Test("a change to a product that is no upgrade path is refused, and so is its preview")
    func refused() async throws {
        try await Self.tell { story in
            try await story.on("2027-01-20")
            let huge = try await story.staff.price("huge")
            let change: JSONValue = ["items": [["item_id": try await story.item(), "price_id": huge]]]
            for path in ["changes", "changes/preview"] {
                let answer = try await story.staff.send(.post, "\(story.path)/\(path)", change)
                #expect(answer.status == 409)
                #expect(answer["code"] == "not_an_upgrade_path", "\(answer.text)")
                #expect(answer["errors"].items.map { $0["pointer"] } == ["/items/0/price_id"])
            }
            // The same product, one of another product more, and the path that there is.
            try await story.setQuantity("2")
            try await story.add("huge")
            try await story.exchange(for: "large")
            try await story.tells([
                "2027-01-01: Product small, 2027-01-01–2027-02-01, 3100 + 589",
                // 12 of 31 days: 31.00 × 12/31 = 12.00, × 19 % = 2.28; twice that, and three times.
                "2027-01-20: Unused time: Product small, 2027-01-20–2027-02-01, -1200 + 228",
                "2027-01-20: Part of a term: 2 × Product small, 2027-01-20–2027-02-01, 2400 + 456",
                "2027-01-20: Part of a term: 1 × Product huge, 2027-01-20–2027-02-01, 3600 + 684",
                "2027-01-20: Unused time: Part of a term: 2 × Product small, 2027-01-20–2027-02-01, "
                    + "-2400 + 456",
                // Two of large: 124.00 × 12/31 = 48.00, × 19 % = 9.12
                "2027-01-20: Part of a term: 2 × Product large, 2027-01-20–2027-02-01, 4800 + 912",
            ])
        }
    }

    @Test("staff overrides the paths with a reason, which is kept, and not without")
    func overridden() async throws {
        try await Self.tell { story in
            let huge = try await story.staff.price("huge")
            let change: JSONValue = [
                "items": [["item_id": try await story.item(), "price_id": huge]], "when": "term_end",
                "overrides_upgrade_paths": true,
            ]
            let silent = try await story.staff.send(.post, "\(story.path)/changes", change)
            #expect(silent["code"] == "unusable_change", "\(silent.text)")
            #expect(silent["errors"][0]["pointer"] == "/reason")
            try await story.change(change.adding("reason", "Asked for by the boss"))
            let kept = try await story.staff.send(.get, "\(story.path)/changes")
            #expect(kept["items"][0]["reason"] == "Asked for by the boss", "\(kept.text)")
            try await story.on("2027-02-01")
            try await story.tells([
                "2027-01-01: Product small, 2027-01-01–2027-02-01, 3100 + 589",
                // 93.00 × 19 % = 17.67
                "2027-02-01: Product huge, 2027-02-01–2027-03-01, 9300 + 1767",
            ])
        }
    }

    @Test("several items are each held to their own paths: to none, to some, to any")
    func several() async throws {
        try await Self.tell { story in
            try await story.add("huge")
            try await story.add("large")
            let staff = story.staff
            let none = try await staff.setPaths(of: "huge", to: [])
            #expect(none["product_ids"] == [], "\(none.text)")
            var parts: [JSONValue] = []
            for (place, code) in ["huge", "small", "small"].enumerated() {
                parts.append([
                    "item_id": try await story.item(place), "price_id": try await staff.price(code),
                ])
            }
            let refused = try await staff.send(
                .post, "\(story.path)/changes/preview", ["items": .array(parts)])
            #expect(
                refused["errors"].items.map { $0["pointer"] } == ["/items/0/price_id", "/items/1/price_id"],
                "\(refused.text)")
            for code in ["small", "huge"] {
                let freed = try await staff.send(.delete, "\(staff.product(code))/upgrade-paths")
                #expect(freed["product_ids"] == .null, "\(freed.text)")
            }
            try await story.change(["items": .array(parts)])
            let sold = try await story.read()["items"].items.map { $0["price_id"] }
            #expect(sold == parts.map { $0["price_id"] })
        }
    }

    @Test("a product's paths are read, copied with it, and changed in the version that was seen")
    func kept() async throws {
        try await Self.tell { story in
            let staff = story.staff
            let path = "\(try await staff.product("small"))/upgrade-paths"
            let large = try await staff.productID("large")
            let read = try await staff.send(.get, path)
            #expect(read["product_ids"] == [large], "\(read.text)")
            let free = try await staff.send(.get, "\(staff.product("large"))/upgrade-paths")
            #expect(free.text.contains("\"product_ids\":null"), "\(free.text)")
            _ = try await staff.made(
                String(path.dropLast("upgrade-paths".count)) + "copies", ["code": "small-2"])
            let copied = try await staff.send(.get, "\(staff.product("small-2"))/upgrade-paths")
            #expect(copied["product_ids"] == [large], "\(copied.text)")
            let product = try await staff.send(.get, staff.product("small"))
            #expect(product["version"] == read["version"])
            let late = try await staff.send(
                .put, path, bytes: Array(#"{"product_ids": []}"#.utf8), headers: [.ifMatch: "\"1\""])
            #expect(late.status == 412, "\(late.text)")
            // Those who still have what is no longer sold may be told where to go.
            _ = try await staff.send(.put, "\(staff.product("small"))/archival")
            #expect(try await staff.setPaths(of: "small", to: []).status == 200)
        }
    }

    @Test("each product that cannot be named is told: unknown, another company's, itself, or twice")
    func unusable() async throws {
        try await Self.tell { story in
            let staff = story.staff
            let (small, large) = (try await staff.productID("small"), try await staff.productID("large"))
            let slug = try #require(Slug("others"))
            try await story.company.server.company(slug)
            let sign = try await story.company.server.user(.owner, of: slug)
            try await story.company.server.api { anyone in
                let others = try await anyone.signedIn(sign)
                let theirs = try await others.made(
                    "/v1/products", ["code": "theirs", "type": "hosting", "name": "Theirs"])
                let answer = try await staff.setPaths(
                    of: "small", to: [large, .string(theirs), small, large, "prd_01kb5zcv0ye37ap6cpwwvqnssr"])
                #expect(answer.status == 422)
                #expect(answer["code"] == "unusable_upgrade_paths")
                #expect(
                    answer["errors"].items.map { $0["pointer"] } == [
                        "/product_ids/1", "/product_ids/2", "/product_ids/3", "/product_ids/4",
                    ], "\(answer.text)")
                let own = try await staff.send(.get, "/v1/products/\(theirs)/upgrade-paths")
                #expect(own.status == 404)
                let foreign = try await others.send(.get, "\(staff.product("small"))/upgrade-paths")
                #expect(foreign.status == 404)
            }
            let many = try await staff.setPaths(of: "small", to: Array(repeating: large, count: 101))
            #expect(many["errors"][0]["pointer"] == "/product_ids", "\(many.text)")
            let kept = try await staff.send(.get, "\(staff.product("small"))/upgrade-paths")
            #expect(kept["product_ids"] == [large])
        }
    }
}

extension TestClient {
    /// The path of a product, by its code.
    func product(_ code: String) async throws -> String {
        "/v1/products/\(try await id(of: "/v1/products?code=\(code)"))"
    }

    func productID(_ code: String) async throws -> JSONValue {
        .string(try await id(of: "/v1/products?code=\(code)"))
    }

    fileprivate func setPaths(of code: String, to products: [JSONValue]) async throws -> Answer {
        try await send(.put, "\(product(code))/upgrade-paths", ["product_ids": .array(products)])
    }
}
