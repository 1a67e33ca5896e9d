import HTTPTypes
import Kernel
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Stories of days on which nobody billed")
struct OutageStories {
    /// One web server for 31.00 a month from 1 January 2027.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,5.00", "pro,EUR,month,1,62.00,15.00", "rack,EUR,month,3,90.00,0.00",
            "site,EUR,week,1,7.00,0.00",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2026-12-01,,2027-01-01,active,"]
        return provider
    }()

    @Test("three months without a run are caught up by one, with the lines of a twin that was billed daily")
    func twins() async throws {
        var provider = Self.provider
        provider.today = "2027-01-31"
        provider.customers = 2
        provider.subscriptions = [
            "S1,C1,web,EUR,month,1,1,2026-11-30,,2026-12-30,active,",
            "S2,C1,site,EUR,week,1,1,2027-01-04,,,active,", "S3,C1,rack,EUR,month,3,1,2027-01-15,,,active,",
            "S4,C2,pro,EUR,month,1,1,2027-01-01,2027-03-31,,trial,",
        ]
        let told = provider
        try await TestServer.run { server in
            let (company, twin) = (
                try await Company(told, on: server), try await Company(told, as: "twin", on: server)
            )
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.owner))
                let story = try await Story.of("S1", company, staff)
                let other = try await Story.of("S1", twin, anyone.signedIn(twin.user(.owner)))
                try await story.on("2027-01-31")
                try await story.pass(to: "2027-04-30")
                try await story.on("2027-04-30")
                try await other.on("2027-04-30")
                try await expectSame(company, twin)
                let invoices = try await company.invoices()
                #expect(try await company.bill().totals.isEmpty)
                #expect(try await company.invoices() == invoices, "nothing comes twice")
                // Nor does the outage leave anything behind.
                try await story.on("2027-05-31")
                try await other.on("2027-05-31")
                try await expectSame(company, twin)
                try await expectExplained(staff)
                try await story.tells(Self.caughtUp)
            }
        }
    }

    /// What C1 and C2 pay for five months, three of them at once.
    private static let caughtUp = [
        // 19 % of 31.00 is 5.89
        "2027-01-31: Product web, 2026-12-30–2027-01-30, 3100 + 589",
        // 19 % of 7.00 is 1.33
        "2027-01-31: Product site, 2027-01-04–2027-01-11, 700 + 133",
        "2027-01-31: Product site, 2027-01-11–2027-01-18, 700 + 133",
        // 19 % of 90.00 is 17.10
        "2027-01-31: Product rack, 2027-01-15–2027-04-15, 9000 + 1710",
        "2027-01-31: Product site, 2027-01-18–2027-01-25, 700 + 133",
        "2027-01-31: Product site, 2027-01-25–2027-02-01, 700 + 133",
        "2027-01-31: Product web, 2027-01-30–2027-02-28, 3100 + 589",
        "2027-04-30: Product site, 2027-02-01–2027-02-08, 700 + 133",
        "2027-04-30: Product site, 2027-02-08–2027-02-15, 700 + 133",
        "2027-04-30: Product site, 2027-02-15–2027-02-22, 700 + 133",
        "2027-04-30: Product site, 2027-02-22–2027-03-01, 700 + 133",
        "2027-04-30: Product web, 2027-02-28–2027-03-30, 3100 + 589",
        "2027-04-30: Product site, 2027-03-01–2027-03-08, 700 + 133",
        "2027-04-30: Product site, 2027-03-08–2027-03-15, 700 + 133",
        "2027-04-30: Product site, 2027-03-15–2027-03-22, 700 + 133",
        "2027-04-30: Product site, 2027-03-22–2027-03-29, 700 + 133",
        "2027-04-30: Product site, 2027-03-29–2027-04-05, 700 + 133",
        "2027-04-30: Product web, 2027-03-30–2027-04-30, 3100 + 589",
        "2027-04-30: Product site, 2027-04-05–2027-04-12, 700 + 133",
        "2027-04-30: Product site, 2027-04-12–2027-04-19, 700 + 133",
        "2027-04-30: Product rack, 2027-04-15–2027-07-15, 9000 + 1710",
        "2027-04-30: Product site, 2027-04-19–2027-04-26, 700 + 133",
        "2027-04-30: Product site, 2027-04-26–2027-05-03, 700 + 133",
        "2027-04-30: Product web, 2027-04-30–2027-05-30, 3100 + 589",
        // 19 % of 62.00 is 11.78
        "2027-04-30: Product pro, 2027-03-31–2027-04-30, 6200 + 1178",
        // 19 % of 15.00 is 2.85
        "2027-04-30: Set-up: Product pro, 2027-03-31–2027-04-30, 1500 + 285",
        "2027-04-30: Product pro, 2027-04-30–2027-05-31, 6200 + 1178",
        "2027-05-03: Product site, 2027-05-03–2027-05-10, 700 + 133",
        "2027-05-10: Product site, 2027-05-10–2027-05-17, 700 + 133",
        "2027-05-17: Product site, 2027-05-17–2027-05-24, 700 + 133",
        "2027-05-24: Product site, 2027-05-24–2027-05-31, 700 + 133",
        "2027-05-30: Product web, 2027-05-30–2027-06-30, 3100 + 589",
        "2027-05-31: Product site, 2027-05-31–2027-06-07, 700 + 133",
        "2027-05-31: Product pro, 2027-05-31–2027-06-30, 6200 + 1178",
    ]

    private func expectSame(_ company: Company, _ twin: Company) async throws {
        for company in [company, twin] { #expect(try await company.audit() == []) }
        #expect(try await company.lines() == twin.lines())
        #expect(try await company.invoices() == twin.invoices())
        #expect(try await company.numbers().count == twin.numbers().count)
    }

    @Test("a change before the run that catches up bills what was left, to the day of the change")
    func changed() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            // 31.00 + 5.89, 9.00 + 1.71 and 44.00 + 8.36
            #expect(try await story.exchange(for: "pro") == 9996)
            try await story.on("2027-04-15")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // nobody had billed it
                "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 31.00 × 31/31 = 31.00 and 31.00 × 22/31 = 22.00: 31.00 − 22.00 = 9.00, 19 % of 9.00 is
                // 1.71
                "2027-03-10: Part of a term: 1 × Product web, 2027-03-01–2027-03-10, 900 + 171",
                // 62.00 × 22/31 = 44.00, 19 % of it is 8.36
                "2027-03-10: Part of a term: 1 × Product pro, 2027-03-10–2027-04-01, 4400 + 836",
                // 19 % of 62.00 is 11.78
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
            ])
        }
    }

    @Test("what was used until then is billed with a pause and with a cancellation that gives credit")
    func ended() async throws {
        let used = [
            // 19 % of 31.00 is 5.89
            "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
            // nobody had billed it
            "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
            // 31.00 × 31/31 = 31.00 and 31.00 × 22/31 = 22.00: 31.00 − 22.00 = 9.00, 19 % of 9.00 is
            // 1.71
            "2027-03-10: Part of a term: 1 × Product web, 2027-03-01–2027-03-10, 900 + 171",
        ]
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-05-15")
            try await story.tells(used)
        }
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.suspend("paused")
            try await story.on("2027-05-15")
            try await story.tells(used)
        }
    }

    @Test("cancelled now without credit, the terms that had started are billed whole, as they were to be")
    func cancelled() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.cancel(["when": "now"])
            try await story.on("2027-05-15")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // nobody had billed them
                "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-03-10: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            ])
        }
    }

    @Test("cancelled after a trial of whose end no run knew, it is billed from that end on")
    func cancelledAfterTrial() async throws {
        var provider = Self.provider
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,2027-02-01,,trial,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.cancel(["when": "now"])
            try await story.on("2027-05-15")
            try await story.tells([
                // its trial ended on 1 February; 19 % of 31.00 is 5.89
                "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 19 % of 5.00 is 0.95
                "2027-03-10: Set-up: Product web, 2027-02-01–2027-03-01, 500 + 95",
                "2027-03-10: Product web, 2027-03-01–2027-04-01, 3100 + 589",
            ])
        }
    }

    @Test(
        "suspended before the run that catches up, what had started until then is billed when it is resumed")
    func suspended() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.suspend("overdue")
            try await story.on("2027-04-11")
            try await story.resume()
            try await story.on("2027-05-15")
            try await story.tells([
                // 19 % of 31.00 is 5.89
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                // started before it was suspended
                "2027-04-11: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                "2027-04-11: Product web, 2027-03-01–2027-04-01, 3100 + 589",
                // of what started meanwhile the rest: 31.00 × 20/30 = 20.6667, 19 % of 20.67 is 3.9273
                "2027-04-11: Part of a term: 1 × Product web, 2027-04-11–2027-05-01, 2067 + 393",
                "2027-05-01: Product web, 2027-05-01–2027-06-01, 3100 + 589",
            ])
        }
    }

    @Test("a trial that ended meanwhile has ended on its day, and what is changed later is changed later")
    func trial() async throws {
        var provider = Self.provider
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,2027-02-01,,trial,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-01-20")
            try await story.pass(to: "2027-03-10")
            try await story.exchange(for: "pro")
            try await story.on("2027-04-15")
            try await story.tells([
                // its trial ended on 1 February; 19 % of 31.00 is 5.89
                "2027-03-10: Product web, 2027-02-01–2027-03-01, 3100 + 589",
                // 19 % of 5.00 is 0.95
                "2027-03-10: Set-up: Product web, 2027-02-01–2027-03-01, 500 + 95",
                // 31.00 × 31/31 = 31.00 and 31.00 × 22/31 = 22.00: 31.00 − 22.00 = 9.00, 19 % of 9.00 is
                // 1.71
                "2027-03-10: Part of a term: 1 × Product web, 2027-03-01–2027-03-10, 900 + 171",
                // 62.00 × 22/31 = 44.00, 19 % of it is 8.36
                "2027-03-10: Part of a term: 1 × Product pro, 2027-03-10–2027-04-01, 4400 + 836",
                // 19 % of 62.00 is 11.78
                "2027-04-01: Product pro, 2027-04-01–2027-05-01, 6200 + 1178",
            ])
        }
    }

    @Test("suspended and cancelled before anybody billed, it owes what began before and nothing since")
    func suspendedMeanwhile() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-01")
            try await story.pass(to: "2027-02-10")
            try await story.suspend("overdue")
            try await story.pass(to: "2027-03-20")
            try await story.cancel(["when": "now"])
            try await story.on("2027-04-02")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                "2027-03-20: Product web, 2027-02-01–2027-03-01, 3100 + 589",
            ])
        }
    }
}
