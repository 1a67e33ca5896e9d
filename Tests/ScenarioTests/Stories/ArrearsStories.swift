import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of terms that are billed when they end")
struct ArrearsStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,31.00,0.00"]
        return provider
    }()

    /// Orders some of web in advance and of cpu in arrears, each for 31.00 a month; gpu costs twice as much.
    private static func tell(
        _ products: [String], _ terms: JSONValue = [:],
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            try await staff.sellsInArrears("cpu", 3100, setUp: 500)
            try await staff.sellsInArrears("gpu", 6200)
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

    private static let january = "2027-02-01: Product cpu, 2027-01-01–2027-02-01, 3100 + 589"
    private static let setUp = "2027-02-01: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95"
    private static let february = "2027-03-01: Product cpu, 2027-02-01–2027-03-01, 3100 + 589"
    /// 19 of the 31 days of January: 31.00 − 12.00, and the set-up with it.
    private static let usedJanuary = [
        "2027-01-20: Part of a term: 1 × Product cpu, 2027-01-01–2027-01-20, 1900 + 361",
        "2027-01-20: Set-up: Product cpu, 2027-01-01–2027-01-20, 500 + 95",
    ]

    @Test("each month is billed on the day after its last, and the preview says so")
    func monthly() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-31")
            try await story.tells([])
            let item = try await story.read()["items"][0]
            #expect(item["billed"] == "in_arrears")
            #expect(item["next_due_on"] == "2027-02-01")
            #expect(item["schedules"][0]["billed"] == "in_arrears")
            let preview = try await story.staff.send(
                .post, "\(story.path)/changes/preview",
                ["items": [["item_id": item["id"], "quantity": "2"]], "when": "2027-02-01"])
            #expect(preview["now"]["balance"]["amount"] == 0)
            #expect(preview["next_due_on"] == "2027-02-01")
            #expect(preview["next"][0]["lines"][0]["explanation"]["billed"] == "in_arrears")
            try await story.on("2027-03-01")
            try await story.tells([Self.january, Self.setUp, Self.february])
        }
    }

    @Test("January in arrears and February in advance stand on one invoice of 1 February")
    func mixed() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            try await story.on("2027-02-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589", Self.january, Self.setUp,
            ])
            // 31.00 + 31.00 + 5.00, and 5.89 + 5.89 + 0.95
            #expect(
                try await story.company.invoices() == [
                    "C1,EUR,2027-01-01,1,3100,589,3689", "C1,EUR,2027-02-01,3,6700,1273,7973",
                ])
        }
    }

    @Test("cancelled in mid-term, what was used is billed that day; what was paid in advance stays paid for")
    func cancelled() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.cancel(["when": "now"])
            try await story.on("2027-04-01")
            try await story.tells(
                ["2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589"] + Self.usedJanuary)
        }
    }

    @Test("cancelled with credits, what was used is billed and what was not given back; nothing else is")
    func cancelledWithCredits() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            // The day of the cancellation is paid for: 20 days are used and 11 of web's are not.
            try await story.decide(["change_day": "preceding"])
            try await story.on("2027-01-20")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-04-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-20: Unused time: Product web, 2027-01-21–2027-02-01, -1100 + 209",
                "2027-01-20: Part of a term: 1 × Product cpu, 2027-01-01–2027-01-21, 2000 + 380",
                "2027-01-20: Set-up: Product cpu, 2027-01-01–2027-01-21, 500 + 95",
            ])
        }
    }

    @Test("cancelled at the end of its term, it ends once that is billed")
    func cancelledAtTermEnd() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-01-31")
            #expect(try await story.read()["state"] == "active")
            try await story.on("2027-02-01")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.on("2027-04-01")
            try await story.tells([Self.january, Self.setUp])
        }
    }

    @Test("upgraded in mid-term, the part at the old price is billed at once, that at the new at its end")
    func upgraded() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            // 19.00 + 3.61 + 5.00 + 0.95
            #expect(try await story.exchange(for: "gpu") == 2856)
            try await story.on("2027-03-01")
            try await story.tells(
                Self.usedJanuary + [
                    // 62.00 × 12/31
                    "2027-02-01: Part of a term: 1 × Product gpu, 2027-01-20–2027-02-01, 2400 + 456",
                    "2027-03-01: Product gpu, 2027-02-01–2027-03-01, 6200 + 1178",
                ])
        }
    }

    @Test("an upgrade that is undone on its day costs nothing: January costs what it would have cost")
    func undone() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            #expect(try await story.exchange(for: "gpu") == 2856)
            #expect(try await story.exchange(for: "cpu") == 0)
            #expect(try await story.exchange(for: "web") == 1428)
            #expect(try await story.exchange(for: "cpu") == -1428)
            try await story.on("2027-02-01")
            try await story.tells(
                Self.usedJanuary + [
                    "2027-01-20: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, 1200 + 228",
                    "2027-01-20: Unused time: Part of a term: 1 × Product web, 2027-01-20–2027-02-01, "
                        + "-1200 + 228",
                    "2027-02-01: Part of a term: 1 × Product cpu, 2027-01-20–2027-02-01, 1200 + 228",
                ])
        }
    }

    @Test("removed on a day to come, it is billed up to that day, on that day")
    func removed() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            try await story.on("2027-01-10")
            #expect(try await story.remove(1, when: "2027-01-20") == 0)
            try await story.on("2027-02-01")
            try await story.tells(
                ["2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589"] + Self.usedJanuary
                    + ["2027-02-01: Product web, 2027-02-01–2027-03-01, 3100 + 589"])
        }
    }

    @Test("a pause bills what was used, and its end begins a part that is billed when it is over")
    func paused() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.on("2027-02-11")
            try await story.resume()
            try await story.on("2027-03-01")
            try await story.tells(
                Self.usedJanuary + [
                    // 18 of 28 days: 31.00 × 18/28 = 19.9286, 19 % of 19.93 is 3.7867
                    "2027-03-01: Part of a term: 1 × Product cpu, 2027-02-11–2027-03-01, 1993 + 379"
                ])
        }
    }

    @Test(
        "what began before a suspension is billed when it is resumed; the rest of the running term at its end"
    )
    func resumed() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-02-11")
            try await story.tells([])
            try await story.resume()
            try await story.on("2027-03-01")
            try await story.tells([
                "2027-02-11: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-11: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95",
                "2027-03-01: Part of a term: 1 × Product cpu, 2027-02-11–2027-03-01, 1993 + 379",
            ])
        }
    }

    @Test("cancelled while it is suspended, it owes what began before and nothing that began meanwhile")
    func cancelledSuspended() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-02-11")
            try await story.cancel(["when": "now"])
            try await story.on("2027-04-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-11: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-11: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95",
            ])
        }
    }

    @Test("a suspended one whose last day passes waits for somebody, because something is owed")
    func endedSuspended() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-01-20")
            try await story.cancel(["when": "term_end"])
            try await story.suspend("overdue")
            try await story.on("2027-02-11")
            #expect(try await story.read()["state"] == "suspended")
            try await story.resume()
            try await story.on("2027-02-12")
            #expect(try await story.read()["state"] == "cancelled")
            try await story.tells([
                "2027-02-11: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-11: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95",
            ])
        }
    }

    @Test("voided, it is billed again as it was, though its next term has not ended")
    func voided() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.on("2027-02-10")
            try await story.staff.voidInvoice(serviceOn: "2027-02-01")
            #expect(try await story.read()["items"][0]["next_due_on"] == "2027-02-01")
            #expect(try await story.company.audit() == [])
            try await story.on("2027-03-01")
            try await story.tells([
                Self.january, Self.setUp, "2027-02-10: Product cpu, –, -3100 + 589",
                "2027-02-10: Set-up: Product cpu, –, -500 + 95",
                "2027-02-10: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-02-10: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95", Self.february,
            ])
        }
    }

    @Test("after an outage of three months, each month that ended meanwhile is an invoice of its own")
    func outage() async throws {
        try await Self.tell(["web", "cpu"]) { story in
            try await story.pass(to: "2027-04-05")
            try await story.company.bill()
            #expect(
                try await story.company.invoices() == [
                    "C1,EUR,2027-01-01,1,3100,589,3689", "C1,EUR,2027-02-01,3,6700,1273,7973",
                    "C1,EUR,2027-03-01,2,6200,1178,7378", "C1,EUR,2027-04-01,2,6200,1178,7378",
                ])
        }
    }

    @Test("invoiced five days before, it is so before its end, and what is then not used is given back")
    func daysBefore() async throws {
        try await Self.tell(["cpu"]) { story in
            try await story.decide(["invoice_days_before_due": 5])
            try await story.on("2027-01-30")
            try await story.cancel(["when": "now", "credit": true])
            try await story.tells([
                "2027-01-27: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-27: Set-up: Product cpu, 2027-01-01–2027-02-01, 500 + 95",
                // 2 of 31 days
                "2027-01-30: Unused time: Product cpu, 2027-01-30–2027-02-01, -200 + 38",
            ])
        }
    }

    @Test("renewed early, what is billed in advance is, and of arrears nothing: they are not over")
    func renewed() async throws {
        try await Self.tell(["web", "cpu"], ["renewal": "manual"]) { story in
            try await story.on("2027-01-20")
            #expect(try await story.renew() == 3689)
            #expect(try await story.read()["renewal"]["renewed_until"] == "2027-03-01")
            try await story.on("2027-03-01")
            #expect(try await story.read()["state"] == "lapsed")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-01-20: Product web, 2027-02-01–2027-03-01, 3100 + 589", Self.january, Self.setUp,
                Self.february,
            ])
        }
    }

    @Test("a price keeps when it is billed through its versions and copies, and one paid once has no end")
    func kept() async throws {
        try await Self.tell(["cpu"]) { story in
            let staff = story.staff
            let path = "/v1/prices/\(try #require(try await staff.price("cpu").text))"
            let changed = try await staff.send(
                .patch, path, ["amount": ["amount": 3200, "currency": "EUR"]])
            #expect(changed["billed"] == "in_arrears", "\(changed.text)")
            #expect(changed["price_version"] == 2)
            let product = try #require(changed["product_id"].text)
            let copy = try await staff.send(.post, "/v1/products/\(product)/copies", ["code": "copy"])
            #expect(copy["prices"][0]["billed"] == "in_arrears", "\(copy.text)")
            let refused = try await staff.send(
                .post, "/v1/products/\(product)/prices",
                ["amount": ["amount": 100, "currency": "EUR"], "billed": "in_arrears"])
            #expect(refused.status == 422)
            #expect(refused["errors"][0]["pointer"] == "/billed", "\(refused.text)")
        }
    }
}

extension TestClient {
    /// Puts a product on sale that is billed in arrears, each month.
    func sellsInArrears(_ code: String, _ amountMinor: Int64, setUp feeMinor: Int64 = 0) async throws {
        _ = try await made(
            "/v1/products",
            [
                "code": .string(code), "type": "hosting", "name": .string("Product \(code)"),
                "prices": [
                    [
                        "amount": ["amount": .integer(amountMinor), "currency": "EUR"],
                        "setup_fee": ["amount": .integer(feeMinor), "currency": "EUR"],
                        "interval": ["unit": "month", "count": 1], "billed": "in_arrears",
                    ]
                ],
            ])
    }
}
