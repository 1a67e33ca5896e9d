import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of changes")
struct ChangeStories {
    /// One web server for 31.00 a month from 1 January 2027, one day a euro in a month of 31 days.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,15.00", "backup,EUR,month,1,3.10,0.00",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("an upgrade in mid-term gives the rest of the old plan back and bills the rest of the new one")
    func upgrade() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            // 12 of 31 days: 24.00 + 4.56 less 12.00 + 2.28.
            #expect(try await story.exchange(for: "pro") == 1428)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    // 31.00 × 12/31 = 12.00, 19 % of it 2.28
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                    // 62.00 × 12/31 = 24.00, 19 % of it 4.56
                    "2027-01-20: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, 2400 + 456",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                ])
        }
    }

    @Test("more of it and back on one day costs nothing")
    func undone() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            // 93.00 × 12/31 = 36.00 + 6.84 less 12.00 + 2.28, and the other way round
            #expect(try await story.setQuantity("3") == 2856)
            #expect(try await story.setQuantity("1") == -2856)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                    "2027-01-20: Part of a term: 3 × Product web, 2027-01-20–2027-02-01, 3600 + 684",
                    "2027-01-20: Unused time: Part of a term: 3 × Product web, 2027-01-20–2027-02-01, "
                        + "-3600 + 684",
                    "2027-01-20: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, 1200 + 228",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                ])
        }
    }

    @Test("two changes in one term each give back what the one before had billed")
    func twice() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-11")
            try await story.setQuantity("2")
            try await story.on("2027-01-20")
            try await story.setQuantity("1")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    // 21 of 31 days: 21.00 back, 42.00 for two
                    "2027-01-11: Unused time: Product web, 2027-01-11–2027-02-01, -2100 + 399",
                    "2027-01-11: Part of a term: 2 × Product web, 2027-01-11–2027-02-01, 4200 + 798",
                    // 12 of 31 days: 24.00 of the two back, 12.00 for one
                    "2027-01-20: Unused time: Part of a term: 2 × Product web, 2027-01-20–2027-02-01, "
                        + "-2400 + 456",
                    "2027-01-20: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, 1200 + 228",
                ])
        }
    }

    @Test("a change at the end of the term waits for it, and costs no set-up fee")
    func atTermEnd() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            let pro = try await story.staff.price("pro")
            #expect(try await story.exchange(for: "pro", when: "term_end") == 0)
            #expect(try await story.read()["items"][0]["price_id"] != pro, "until then it is what it was")
            try await story.on("2027-02-02")
            #expect(try await story.read()["items"][0]["price_id"] == pro)
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                ])
        }
    }

    @Test("a planned change that is withdrawn leaves no trace on paper")
    func withdrawn() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            try await story.setQuantity("5", when: "2027-02-15")
            try await story.on("2027-01-15")
            let path = "/v1/subscriptions/\(story.subscription)"
            let second = try await story.staff.send(
                .post, "\(path)/changes", ["items": [["item_id": try await story.item(), "quantity": "2"]]])
            #expect(second["code"] == "change_planned", "one plan at a time")
            let withdrawn = try await story.staff.send(.delete, "\(path)/planned-changes")
            #expect(withdrawn.status == 200)
            let again = try await story.staff.send(.delete, "\(path)/planned-changes")
            #expect(again["code"] == "nothing_planned")
            try await story.on("2027-03-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                ])
        }
    }

    @Test(
        "an add-on takes the terms of the service, begins with a part of one and ends with a part given back")
    func addOn() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.add("backup")
            try await story.on("2027-02-11")
            try await story.remove(1)
            try await story.on("2027-03-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    // 3.10 × 12/31 = 1.20, 19 % of it 0.228
                    "2027-01-20: Part of a term: 1 × Product backup, 2027-01-20–2027-02-01, 120 + 23",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                    "2027-02-01: Product backup, 2027-02-01–2027-03-01, 310 + 59",
                    // 3.10 × 18/28 = 1.9929, 19 % of 1.99 is 0.3781
                    "2027-02-11: Unused time: Product backup, 2027-02-11–2027-03-01, -199 + 38",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                ])
        }
    }

    @Test("a change from a month to a year begins the year on that day")
    func cycle() async throws {
        var provider = Self.provider
        provider.prices.append("vault,EUR,year,1,365.00,0.00")
        try await Story.tell(provider) { story in
            try await story.on("2027-01-20")
            try await story.exchange(for: "vault")
            try await story.on("2028-01-20")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                    "2027-01-20: Product vault, 2027-01-20–2028-01-20, 36500 + 6935",
                    "2028-01-20: Product vault, 2028-01-20–2029-01-20, 36500 + 6935",
                ])
        }
    }

    @Test("terms from the 31st keep their days when the plan changes in a short month's term")
    func monthEnd() async throws {
        var provider = Self.provider
        provider.today = "2027-01-31"
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-31,,,active,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-03-10")
            try await story.exchange(for: "pro")
            try await story.on("2027-03-31")
            #expect(
                try await story.lines() == [
                    "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                    "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                    // 28 February to 31 March has 31 days, 21 of them left
                    "2027-03-10: Unused time: Product web, 2027-03-10–2027-03-31, -2100 + 399",
                    "2027-03-10: Part of a term: 1 × Product pro, 2027-03-10–2027-03-31, 4200 + 798",
                    "2027-03-31: Product pro, 2027-03-31–2027-04-30, 6200 + 1178",
                ])
        }
    }

    @Test("what changes in its trial is billed as it is when the trial ends, with its own set-up fee")
    func trial() async throws {
        var provider = Self.provider
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,2027-02-01,,trial,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-01-20")
            #expect(try await story.exchange(for: "pro") == 0)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                    "2027-02-01: Set-up: Product pro, 2027-02-01–2027-03-01, 1500 + 285",
                ])
        }
    }

    @Test("a preview holds for what it showed: a day later it is stale, and nothing is changed")
    func stale() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            let path = "/v1/subscriptions/\(story.subscription)/changes"
            let change: JSONValue = ["items": [["item_id": try await story.item(), "quantity": "2"]]]
            let preview = try await story.staff.send(.post, "\(path)/preview", change)
            #expect(preview["now"]["balance"]["amount"] == 1428)
            // 62.00 + 11.78 on 1 February, when nothing else changes
            #expect(preview["next_due_on"] == "2027-02-01")
            #expect(preview["next"][0]["gross"]["amount"] == 7378)
            try await story.on("2027-01-21")
            let late = try await story.staff.send(
                .post, path, change.adding("commitment", preview["commitment"]))
            #expect(late.status == 409 && late["code"] == "preview_stale")
            #expect(try await story.read()["items"][0]["quantity"] == "1")
            #expect(
                try await story.lines() == ["2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589"])
        }
    }

    @Test("what cannot be made is refused with its place, and nothing of it is made")
    func refused() async throws {
        var provider = Self.provider
        provider.prices.append("web,JPY,month,1,3000,0")
        try await Story.tell(provider) { story in
            let item = try await story.item()
            let products = try await story.staff.send(.get, "/v1/products?code=web")["items"][0]["prices"]
                .items
            let yen = try #require(products.first { $0["amount"]["currency"] == "JPY" })["id"]
            let cases: [(JSONValue, String)] = [
                ([["item_id": item, "price_id": yen]], "/items/0/price_id"),
                ([["price_id": yen]], "/items/0/price_id"), ([["item_id": item]], "/items/0"),
                ([["item_id": item, "remove": true]], "/items"),
                ([["item_id": "sit_01kb5zcv0ye37ap6cpwwvqnssr", "quantity": "2"]], "/items/0/item_id"),
                ([["quantity": "2"]], "/items/0/price_id"),
            ]
            for (items, pointer) in cases {
                let answer = try await story.staff.send(
                    .post, "/v1/subscriptions/\(story.subscription)/changes", ["items": items])
                #expect(answer.status == 422 && answer["code"] == "unusable_change", "\(answer.text)")
                #expect(answer["errors"].items.map(\.["pointer"]) == [.string(pointer)], "\(answer.text)")
            }
            try await story.suspend("staff")
            let suspended = try await story.staff.send(
                .post, "/v1/subscriptions/\(story.subscription)/changes",
                ["items": [["item_id": item, "quantity": "2"]]])
            #expect(suspended["code"] == "wrong_state")
            try await story.resume()
        }
    }
}
