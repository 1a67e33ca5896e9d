import HTTPTypes
import Kernel
import MPanelServer
import Postgres
import TestKit
import Testing
import Web

@Suite("Stories of plans that meet pauses and suspensions")
struct PlannedStories {
    /// One web server for 31.00 a month from 1 January 2027.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,0.00", "backup,EUR,month,1,3.10,1.55",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("what is to be removed during a term is not billed behind that day because of a pause before it")
    func removalAfterPause() async throws {
        var provider = Self.provider
        provider.prices[2] = "backup,EUR,month,1,3.10,0.00"
        try await Story.tell(provider) { story in
            try await story.on("2027-01-01")
            try await story.add("backup")
            try await story.on("2027-01-10")
            try await story.remove(1, when: "2027-02-15")
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.on("2027-02-10")
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 19 % of 3.10 is 0.589
                "2027-01-01: Product backup, 2027-01-01–2027-02-01, 310 + 59",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                // 3.10 × 12/31 = 1.20, 19 % of it is 0.228
                "2027-01-20: Unused time: Product backup, 2027-01-20–2027-02-01, -120 + 23",
                // 31.00 × 19/28 = 21.0357, 19 % of 21.04 is 3.9976
                "2027-02-10: Part of a term: 1 × Product web, 2027-02-10–2027-03-01, 2104 + 400",
                // until it is removed: 3.10 × 19/28 = 2.1036 and 3.10 × 14/28 = 1.55: 2.10 − 1.55 = 0.55,
                // 19 % of 0.55 is 0.1045
                "2027-02-10: Part of a term: 1 × Product backup, 2027-02-10–2027-02-15, 55 + 10",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            ])
        }
    }

    private static let exchanged = [
        "2027-02-10": [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
            "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
            // until the plan begins: 31.00 × 19/28 = 21.0357 and 31.00 × 14/28 = 15.50: 21.04 − 15.50 =
            // 5.54, 19 % of 5.54 is 1.0526
            "2027-02-10: Part of a term: 1 × Product web, 2027-02-10–2027-02-15, 554 + 105",
            // 62.00 × 14/28 = 31.00, 19 % of it is 5.89
            "2027-02-15: Part of a term: 1 × Product pro, 2027-02-15–2027-03-01, 3100 + 589",
            // 19 % of 62.00 is 11.78
            "2027-03-01: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
            "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
        ],
        "2027-03-11": [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
            "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
            // the plan has begun meanwhile: 62.00 × 21/31 = 42.00, 19 % of it is 7.98
            "2027-03-11: Part of a term: 1 × Product pro, 2027-03-11–2027-04-01, 4200 + 798",
            // 19 % of 62.00 is 11.78
            "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
        ],
    ]

    @Test(
        "a plan outlives a pause, whether it ends before or after its day", arguments: exchanged.keys.sorted()
    )
    func exchangeAfterPause(resumedOn day: String) async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            try await story.exchange(for: "pro", when: "2027-02-15")
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.on(day)
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells(#require(Self.exchanged[day]))
        }
    }

    @Test("what is to be added later is added later, with its fee, after a pause as well")
    func additionAfterPause() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            try await story.add("backup", when: "2027-02-15")
            try await story.on("2027-01-20")
            try await story.suspend("paused")
            try await story.on("2027-02-10")
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                // 31.00 × 19/28 = 21.0357, 19 % of 21.04 is 3.9976
                "2027-02-10: Part of a term: 1 × Product web, 2027-02-10–2027-03-01, 2104 + 400",
                // 3.10 × 14/28 = 1.55, 19 % of it is 0.2945
                "2027-02-15: Part of a term: 1 × Product backup, 2027-02-15–2027-03-01, 155 + 29",
                // 19 % of 1.55 is 0.2945
                "2027-02-15: Set-up: Product backup, 2027-02-15–2027-03-01, 155 + 29",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                // 19 % of 3.10 is 0.589
                "2027-03-01: Product backup, 2027-03-01–2027-04-01, 310 + 59",
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
                "2027-04-01: Product backup, 2027-04-01–2027-05-01, 310 + 59",
            ])
        }
    }

    @Test("what was changed on the day of a pause is what is taken up again")
    func pausedOnTheDayOfAChange() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.exchange(for: "pro")
            try await story.suspend("paused")
            try await story.on("2027-02-10")
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 12/31 = 12.00, 19 % of it is 2.28
                "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                // 62.00 × 12/31 = 24.00, 19 % of it is 4.56
                "2027-01-20: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, 2400 + 456",
                // all of what was changed to on that day
                "2027-01-20: Unused time: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, "
                    + "-2400 + 456",
                // 62.00 × 19/28 = 42.0714, 19 % of 42.07 is 7.9933
                "2027-02-10: Part of a term: 1 × Product pro, 2027-02-10–2027-03-01, 4207 + 799",
                // 19 % of 62.00 is 11.78
                "2027-03-01: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
            ])
        }
    }

    @Test("what was billed ahead of a plan comes back with the pause, and is billed when it has ended")
    func aheadOfPause() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["invoice_days_before_due": 14])
            try await story.on("2027-01-10")
            try await story.exchange(for: "pro", when: "2027-02-15")
            try await story.on("2027-02-05")
            try await story.suspend("paused")
            try await story.on("2027-02-20")
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 14 days ahead, until the plan begins: 31.00 × 28/28 = 31.00 and 31.00 × 14/28 = 15.50:
                // 31.00 − 15.50 = 15.50, 19 % of 15.50 is 2.945
                "2027-01-18: Part of a term: 1 × Product web, 2027-02-01–2027-02-15, 1550 + 295",
                // the plan, 14 days ahead: 62.00 × 14/28 = 31.00, 19 % of it is 5.89
                "2027-02-01: Part of a term: 1 × Product pro, 2027-02-15–2027-03-01, 3100 + 589",
                // 31.00 × 24/28 = 26.5714 and 31.00 × 14/28 = 15.50: 26.57 − 15.50 = 11.07, 19 % of 11.07
                // is 2.1033
                "2027-02-05: Unused time: Part of a term: 1 × Product web, 2027-02-05–2027-02-15, "
                    + "-1107 + 210",
                "2027-02-05: Unused time: Part of a term: 1 × Product pro, 2027-02-15–2027-03-01, "
                    + "-3100 + 589",
                // 62.00 × 9/28 = 19.9286, 19 % of 19.93 is 3.7867
                "2027-02-20: Part of a term: 1 × Product pro, 2027-02-20–2027-03-01, 1993 + 379",
                // due within 14 days; 19 % of 62.00 is 11.78
                "2027-02-20: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                "2027-03-18: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
            ])
        }
    }

    @Test("resumed on the very day of a plan, it is billed once from there")
    func resumedOnTheDay() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            try await story.exchange(for: "pro", when: "2027-02-15")
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-02-15")
            try await story.resume()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 62.00 × 14/28 = 31.00, 19 % of it is 5.89
                "2027-02-15: Part of a term: 1 × Product pro, 2027-02-15–2027-03-01, 3100 + 589",
                // 19 % of 62.00 is 11.78
                "2027-03-01: Product pro, 2027-03-01–2027-04-01, 6200 + 1178",
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
            ])
        }
    }

    @Test(
        "overdue beyond two starts, what was to be removed in the term of its resumption is billed till then")
    func removalAfterSuspension() async throws {
        var provider = Self.provider
        provider.prices[2] = "backup,EUR,month,1,3.10,0.00"
        try await Story.tell(provider) { story in
            try await story.on("2027-01-01")
            try await story.add("backup")
            try await story.on("2027-01-10")
            try await story.remove(1, when: "2027-03-15")
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-03-10")
            try await story.resume()
            try await story.on("2027-05-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 19 % of 3.10 is 0.589
                "2027-01-01: Product backup, 2027-01-01–2027-02-01, 310 + 59",
                // 31.00 × 22/31 = 22.00, 19 % of it is 4.18
                "2027-03-10: Part of a term: 1 × Product web, 2027-03-10–2027-04-01, 2200 + 418",
                // 3.10 × 22/31 = 2.20 and 3.10 × 17/31 = 1.70: 2.20 − 1.70 = 0.50, 19 % of 0.50 is 0.095
                "2027-03-10: Part of a term: 1 × Product backup, 2027-03-10–2027-03-15, 50 + 10",
                "2027-04-01: Product web, 2027-04-01–2027-05-01, 3100 + 589",
                "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
            ])
        }
    }

    @Test("a plan is withdrawn, although what runs was planned before it was suspended")
    func withdrawnAfterSuspension() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-10")
            try await story.exchange(for: "pro", when: "2027-03-15")
            try await story.on("2027-01-20")
            try await story.suspend("overdue")
            try await story.on("2027-03-10")
            try await story.resume()
            try await story.on("2027-03-20")
            try await story.setQuantity("2", when: "2027-06-01")
            try await story.on("2027-04-05")
            try await story.withdraw()
            let held = try await story.read()["items"][0]["schedules"].items
            #expect(held.map(\.["starts_on"]) == ["2027-01-01", "2027-03-10", "2027-03-15"])
            try await story.on("2027-07-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 22/31 = 22.00 and 31.00 × 17/31 = 17.00: 22.00 − 17.00 = 5.00, 19 % of 5.00 is
                // 0.95
                "2027-03-10: Part of a term: 1 × Product web, 2027-03-10–2027-03-15, 500 + 95",
                // 62.00 × 17/31 = 34.00, 19 % of it is 6.46
                "2027-03-15: Part of a term: 1 × Product pro, 2027-03-15–2027-04-01, 3400 + 646",
                // 19 % of 62.00 is 11.78
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
                "2027-05-01: Product pro, 2027-05-01–2027-06-01, 6200 + 1178",
                "2027-06-01: Product pro, 2027-06-01–2027-07-01, 6200 + 1178",
                "2027-07-01: Product pro, 2027-07-01–2027-08-01, 6200 + 1178",
            ])
        }
    }

    @Test("a plan that is withdrawn after a part of a term was billed for it leaves the other part to bill")
    func withdrawnAhead() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.decide(["invoice_days_before_due": 14])
            try await story.on("2027-01-10")
            try await story.exchange(for: "pro", when: "2027-02-15")
            try await story.on("2027-01-25")
            try await story.withdraw()
            try await story.on("2027-04-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 14 days ahead, until the plan begins: 31.00 × 28/28 = 31.00 and 31.00 × 14/28 = 15.50:
                // 31.00 − 15.50 = 15.50, 19 % of 15.50 is 2.945
                "2027-01-18: Part of a term: 1 × Product web, 2027-02-01–2027-02-15, 1550 + 295",
                // no plan any more: the other half, 14 days ahead: 31.00 × 14/28 = 15.50, 19 % of it is
                // 2.945
                "2027-02-01: Part of a term: 1 × Product web, 2027-02-15–2027-03-01, 1550 + 295",
                "2027-02-15: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                "2027-03-18: Product web, 2027-04-01–2027-05-01, 3100 + 589",
            ])
        }
    }

    @Test("a term can begin with a change of nothing else, and again from the 31st")
    func startsTerm() async throws {
        try await Story.tell(Self.provider) { story in
            for day in ["2027-01-10", "2027-01-31"] {
                try await story.on(day)
                try await story.change(["items": [["item_id": story.item(), "starts_term": true]]])
            }
            try await story.on("2027-05-10")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 22/31 = 22.00, 19 % of it is 4.18
                "2027-01-10: Unused time: Product web, 2027-01-10–2027-02-01, -2200 + 418",
                "2027-01-10: Product web, 2027-01-10–2027-02-10, 3100 + 589",
                // 31.00 × 10/31 = 10.00, 19 % of it is 1.90
                "2027-01-31: Unused time: Product web, 2027-01-31–2027-02-10, -1000 + 190",
                "2027-01-31: Product web, 2027-01-31–2027-02-28, 3100 + 589",
                "2027-02-28: Product web, 2027-02-28–2027-03-31, 3100 + 589",
                "2027-03-31: Product web, 2027-03-31–2027-04-30, 3100 + 589",
                "2027-04-30: Product web, 2027-04-30–2027-05-31, 3100 + 589",
            ])
        }
    }

    @Test("the audit sees what is billed behind the removal of an item")
    func removalIsAudited() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-02-01")
            let (company, database) = (story.company, story.company.server.installation.database)
            for (day, findings) in [("'2027-01-15'", 1), ("NULL", 0)] as [(SQL, Int)] {
                try await database.write(company.scope) { tx in
                    _ = try await tx.run("UPDATE subscription_items SET removed_on = \(day)")
                }
                let found = try await company.audit().filter { $0.check == "billed_after_removal" }
                #expect(found.count == findings, "\(found)")
            }
        }
    }
}

extension Story {
    /// Takes back what is planned.
    fileprivate func withdraw() async throws {
        let withdrawn = try await staff.send(.delete, "/v1/subscriptions/\(subscription)/planned-changes")
        #expect(withdrawn.status == 200, "\(withdrawn.text)")
    }
}
