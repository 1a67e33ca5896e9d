import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of discounts")
struct DiscountStories {
    /// One web server for 31.00 a month from 1 January 2027, one day a euro in a month of 31 days.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,15.00", "backup,EUR,month,1,3.10,0.00",
            "archive,EUR,year,1,310.00,0.00",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("a percentage for three terms runs out")
    func runsOut() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.grant(["percentage": "12.5", "terms": 3])
            try await story.on("2027-05-01")
            #expect(
                try await story.lines() == [
                    // 31.00 × 12.5 % = 3.875, half up 3.88 off; 27.12 × 19 % = 5.1528
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 2712 + 515",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2712 + 515",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 2712 + 515",
                    "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
                    "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
                ])
        }
    }

    @Test("what is billed when it is granted keeps its price, and so it does when it is ended")
    func later() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            let discount = try await story.grant(["percentage": "10"])
            try await story.on("2027-03-15")
            let path = "/v1/discounts/\(discount.text ?? "")"
            let ended = try await story.staff.send(.delete, path)
            #expect(ended["ended_on"] == "2027-03-15", "\(ended.text)")
            #expect(try await story.staff.send(.delete, path).status == 409)
            try await story.on("2027-04-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    // 31.00 - 3.10 = 27.90; × 19 % = 5.301
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2790 + 530",
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 2790 + 530",
                    "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
                ])
        }
    }

    @Test("an upgrade gives back what was charged, and the new plan has the discount too")
    func upgrade() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.grant(["percentage": "10"])
            try await story.on("2027-01-20")
            let pro = try await story.staff.price("pro")
            // 21.60 + 4.10 less 10.80 + 2.05
            #expect(try await story.change(["items": [["item_id": story.item(), "price_id": pro]]]) == 1285)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 2790 + 530",
                    // 27.90 × 12/31 = 10.80; × 19 % = 2.052
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1080 + 205",
                    // (62.00 - 6.20) × 12/31 = 21.60; × 19 % = 4.104
                    "2027-01-20: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, 2160 + 410",
                    // 55.80 × 19 % = 10.602
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 5580 + 1060",
                ])
        }
    }

    @Test("a change that is undone on one day costs nothing, with a discount whose cents do not divide")
    func undone() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.grant(["percentage": "33.33", "terms": 2])
            try await story.grant(["amount": ["amount": 101, "currency": "EUR"]])
            try await story.on("2027-01-18")
            let (web, pro) = (try await story.staff.price("web"), try await story.staff.price("pro"))
            let there = try await story.change(["items": [["item_id": story.item(), "price_id": pro]]])
            let back = try await story.change(["items": [["item_id": story.item(), "price_id": web]]])
            #expect(there > 0)
            #expect(there + back == 0)
        }
    }

    @Test("an amount is shared by the items that were there, each term, and never more than they cost")
    func amount() async throws {
        try await Story.tell(Self.provider) { story in
            let backup = try await story.staff.price("backup")
            try await story.change(["items": [["price_id": backup]]])
            try await story.grant(["amount": ["amount": 500, "currency": "EUR"]])
            try await story.on("2027-02-01")
            try await story.change([
                "items": [["item_id": story.item(1), "remove": true]], "when": "term_end",
            ])
            try await story.on("2027-03-01")
            let lines = try await story.lines().filter { $0.hasPrefix("2027-02") || $0.hasPrefix("2027-03") }
            #expect(
                lines == [
                    // 5.00 × 31.00/34.10 = 4.545… and 0.454…: 4.55 and 0.45
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2645 + 503",
                    "2027-02-01: Product backup, 2027-02-01–2027-03-01, 265 + 50",
                    // What the backup had of it ends with the backup.
                    "2027-03-01: Product web, 2027-03-01–2027-04-01, 2645 + 503",
                ])
        }
    }

    @Test("a discount for one month does not lower a year that somebody changes to meanwhile")
    func anotherCycle() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.grant(["percentage": "50", "terms": 1])
            try await story.on("2027-01-20")
            let archive = try await story.staff.price("archive")
            try await story.change(["items": [["item_id": story.item(), "price_id": archive]]])
            #expect(
                try await story.lines() == [
                    // 31.00 × 50 % = 15.50; × 19 % = 2.945
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 1550 + 295",
                    // 15.50 × 12/31 = 6.00; × 19 % = 1.14
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -600 + 114",
                    "2027-01-20: Product archive, 2027-01-20–2028-01-20, 31000 + 5890",
                ])
        }
    }

    @Test("percentages come before amounts, and what comes later has a percentage that holds for ever")
    func order() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.grant(["amount": ["amount": 500, "currency": "EUR"]])
            try await story.grant(["percentage": "10", "applies_to": "both"])
            let pro = try await story.staff.price("pro")
            try await story.on("2027-02-01")
            try await story.change(["items": [["price_id": pro]]])
            #expect(
                try await story.lines() == [
                    // 31.00 - 3.10 - 5.00 = 22.90; × 19 % = 4.351
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 2290 + 435",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 2290 + 435",
                    // 62.00 - 6.20 = 55.80; 15.00 - 1.50 = 13.50; the amount is not theirs
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 5580 + 1060",
                    "2027-02-01: Set-up: Product pro, 2027-02-01–2027-03-01, 1350 + 257",
                ])
        }
    }

    @Test(
        "a discount that makes no sense is refused with its field",
        arguments: [
            (["percentage": "0"], "/percentage"), (["percentage": "100.1"], "/percentage"),
            (["percentage": "0.0000001"], "/percentage"), ([:], "/percentage"),
            (["percentage": "5", "amount": ["amount": 1, "currency": "EUR"]], "/percentage"),
            (["amount": ["amount": 0, "currency": "EUR"]], "/amount/amount"),
            (["amount": ["amount": 1, "currency": "USD"]], "/amount/currency"),
        ] as [(JSONValue, String)])
    func refused(discount: JSONValue, field: String) async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            let body = discount.adding("name", "Spring").adding("reason", "A test")
            let refused = try await story.staff.send(.post, "\(story.path)/discounts", body)
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused["errors"][0]["pointer"] == .string(field), "\(refused.text)")
        }
    }

    @Test("a discount on set-up alone lowers no term, and a cancelled subscription takes none")
    func setUpAlone() async throws {
        try await Story.tell(Self.provider) { story in
            let pro = try await story.staff.price("pro")
            try await story.on("2027-01-10")
            try await story.grant(["percentage": "100", "applies_to": "set_up"])
            try await story.on("2027-02-01")
            try await story.change(["items": [["price_id": pro]]])
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                    "2027-02-01: Set-up: Product pro, 2027-02-01–2027-03-01, 0 + 0",
                ])
            try await story.cancel(["when": "now"])
            let refused = try await story.staff.send(
                .post, "\(story.path)/discounts",
                ["name": "Spring", "reason": "A test", "percentage": "10"])
            #expect(refused.status == 409, "\(refused.text)")
        }
    }
}

extension Story {
    /// Grants a discount. Returns its id.
    @discardableResult
    func grant(_ discount: JSONValue) async throws -> JSONValue {
        let granted = try await staff.send(
            .post, "\(path)/discounts", discount.adding("name", "Spring").adding("reason", "A test"))
        #expect(granted.status == 201, "\(granted.text)")
        return granted["id"]
    }
}
