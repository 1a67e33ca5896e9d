import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Postgres
import Seeds
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Items that a billing run cannot bill")
struct QuarantineTests {
    @Test("one whose amount overflows is quarantined with its inputs, and everything else is billed")
    func overflow() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 3, gold: [1]), on: server)
            let report = try await company.bill()
            #expect(report.failed.map(\.reference) == ["G1"])
            #expect(report.quarantined == 1)
            #expect(try await company.invoices() == (1...3).map { "C\($0),EUR,2026-11-15,1,1000,190,1190" })
            #expect(try await company.quarantine() == ["G1 overflow 1"])
            #expect(try await company.audit() == [])
            let told = try await company.texts(
                """
                SELECT concat_ws(' ', e.type, s.reference, s.version = e.object_version,
                    (e.payload ->> 'item_id') LIKE 'sit\\_%',
                    (e.payload ->> 'quarantined_item_id') LIKE 'qua\\_%') AS line
                FROM outbox_events AS e JOIN subscriptions AS s ON s.id = e.object_id
                WHERE e.type = 'subscription.quarantined'
                """)
            #expect(told == ["subscription.quarantined G1 t t t"])
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let item = try await staff.send(.get, "/v1/quarantine")["items"][0]
                #expect(item["reference"] == "G1")
                #expect(item["reason"] == "overflow")
                #expect(item["attempts"] == 1)
                #expect(item["quarantined_on"] == "2026-12-01")
                #expect(item["inputs"]["as_of"] == "2026-12-01")
                #expect(item["inputs"]["issued_on"] == "2026-12-01")
                let schedule = item["inputs"]["schedules"][0]
                #expect(schedule["anchor"] == "2026-11-15")
                #expect(schedule["interval"] == ["unit": "month", "count": 1])
                #expect(schedule["next_term"] == 0)
                #expect(schedule["next_due_on"] == "2026-11-15")
                #expect(schedule["billed_ahead"] == [])
                #expect(schedule["quantity"] == "2")
                // Twice 6 × 10^18 is beyond 2^63 - 1, about 9.2 × 10^18.
                #expect(schedule["unit_price"] == ["amount": 6_000_000_000_000_000_000, "currency": "EUR"])
            }

            let second = try await company.bill()
            #expect(second.failed == [], "it is neither tried nor counted again")
            #expect(second.quarantined == 1)
            #expect(second.totals.isEmpty)
            #expect(try await company.quarantine() == ["G1 overflow 1"])
            #expect(try await company.audit() == [])
        }
    }

    @Test("a schedule that is opened for an item in quarantine is not billed either")
    func newSchedule() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 1, gold: [1]), on: server)
            try await company.bill()
            try await company.addSchedules(2...2, to: "G1")
            try await company.mendGold()
            #expect(try await company.auditBesideOverlaps() == [])
            #expect(try await company.bill().totals.isEmpty)
        }
    }

    @Test("the audit finds an item that could be billed although it is in quarantine")
    func audited() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 1, gold: [1]), on: server)
            try await company.bill()
            try await company.overseen(
                "SET session_replication_role = replica",
                "UPDATE item_schedules SET is_billable = true WHERE NOT is_billable")
            #expect(try await company.audit().map(\.check) == ["billable_state", "quarantine"])
            try await company.overseen(
                "SET session_replication_role = replica", "UPDATE item_schedules SET is_billable = false",
                "DELETE FROM quarantined_items")
            #expect(try await company.audit().map(\.check) == ["billable_state", "billable_state"])
        }
    }

    @Test("a dry run tells the failure and quarantines nothing")
    func dryRun() async throws {
        try await TestServer.run { server in
            let company = try await Company(.withGold(customers: 2, gold: [2]), on: server)
            for _ in 1...2 {
                let report = try await company.bill(isDryRun: true)
                #expect(report.failed.map(\.reference) == ["G2"])
                #expect(report.quarantined == 0)
                #expect(report.invoices == 2)
            }
            #expect(try await company.quarantine() == [])
            #expect(try await company.bill().invoices == 2)
            let rehearsal = try await company.bill(isDryRun: true)
            #expect(rehearsal.failed == [] && rehearsal.quarantined == 1)
        }
    }

    @Test("one whose schedule cannot be read is quarantined; its customer's others are billed with it")
    func unreadable() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.prices.append("mail,EUR,month,1,2.00,0.00")
            provider.subscriptions = [
                "S1,C1,web,EUR,month,1,1,2026-11-15,,,active,",
                "S2,C1,mail,EUR,month,1,1,2026-11-15,,,active,",
            ]
            let company = try await Company(provider, on: server)
            // Longer than any interval may be.
            try await company.overseen(
                """
                UPDATE item_schedules SET interval_count = 121
                WHERE subscription_id = (SELECT id FROM subscriptions WHERE reference = 'S2')
                """)
            let report = try await company.bill()
            #expect(report.failed.map(\.reason) == [.unreadableSchedule])
            #expect(try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
            #expect(try await company.quarantine() == ["S2 unreadable_schedule 1"])
            #expect(try await company.audit() == [])
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let item = try await staff.send(.get, "/v1/quarantine")["items"][0]
                #expect(
                    item["inputs"]["schedules"][0]["interval"] == ["unit": "month", "count": 121])
            }
        }
    }

    @Test(
        "rows that the database refuses quarantine what is due of their customer, and the others are billed")
    func refused() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.customers = 40
            provider.subscriptions = (1...40).map { "S\($0),C\($0),web,EUR,month,1,1,2026-11-15,,,active," }
            provider.subscriptions += [
                "T7,C7,web,EUR,month,1,1,2026-11-20,,,active,",
                // Not due yet.
                "U7,C7,web,EUR,month,1,1,2027-11-20,,,active,",
            ]
            let company = try await Company(provider, on: server)
            try await company.addSchedules(2...3, to: "T7")
            try await company.refuseInvoices(of: "C7")
            let report = try await company.bill()
            #expect(report.failed.compactMap(\.reference).sorted() == ["S7", "T7"])
            #expect(report.failed.allSatisfy { $0.reason == .refused })
            #expect(report.invoices == 39)
            #expect(try await company.quarantine() == ["S7 refused 1", "T7 refused 1"])
            #expect(try await company.auditBesideOverlaps() == [])
            let details = try await company.texts("SELECT detail AS line FROM quarantined_items")
            #expect(details.allSatisfy { $0.contains("refused_by_test") }, "\(details)")
            let schedules = try await company.texts(
                """
                SELECT jsonb_array_length(inputs -> 'schedules')::text AS line FROM quarantined_items
                """)
            #expect(schedules == ["1", "3"])
            #expect(try await company.bill().quarantined == 2)
        }
    }

    @Test("a customer who was only busy is reported and tried again, not quarantined")
    func busy() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            // As if others had held a row until the time limit.
            try await company.overseen(
                """
                CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'lock_not_available'; END $$
                """, "CREATE TRIGGER busy BEFORE INSERT ON invoice_lines EXECUTE FUNCTION busy()")
            let report = try await company.bill()
            #expect(report.failed.map(\.reason) == [.refused])
            #expect(report.quarantined == 0)
            try await company.overseen("DROP TRIGGER busy ON invoice_lines")
            #expect(try await company.bill().invoices == 1)
        }
    }

    @Test("a run goes on when not even the quarantine takes an item, and the next one tries it again")
    func unquarantinable() async throws {
        try await TestServer.run { server in
            var provider = Provider.monthly(from: "2026-11-15")
            provider.customers = 2
            provider.subscriptions.append("S2,C2,web,EUR,month,1,1,2026-11-15,,,active,")
            let company = try await Company(provider, on: server)
            try await company.refuseInvoices(of: "C1")
            try await company.overseen(
                "ALTER TABLE quarantined_items ADD CONSTRAINT full_house CHECK (false)")
            for isFirst in [true, false] {
                let report = try await company.bill()
                #expect(report.failed.map(\.reference) == ["S1"])
                #expect(report.invoices == (isFirst ? 1 : 0))
                #expect(report.quarantined == 0)
                #expect(try await company.audit() == [])
            }
        }
    }

    @Test("runs at once, and runs that are killed, quarantine each item once and lose none")
    func races() async throws {
        try await TestServer.run { server in
            let gold = Array(stride(from: 3, through: 400, by: 10))
            let company = try await Company(.withGold(customers: 400, gold: gold), on: server)
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = Seeded(seed)
            for _ in 1...4 {
                let processes = try (1...2).map { _ in
                    try MPanelProcess(["bill", "--tenant", "acme"], on: server.database)
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...600, using: &random)))
                for process in processes {
                    process.kill()
                    _ = try await process.end()
                }
                #expect(try await company.audit() == [], "seed \(seed)")
            }
            async let first = company.bill()
            async let second = company.bill()
            for report in try await [first, second] {
                #expect(report.quarantined == gold.count, "seed \(seed)")
            }
            let expected = gold.map { "G\($0) overflow 1" }.sorted()
            #expect(try await company.quarantine() == expected, "seed \(seed)")
            #expect(try await company.invoices().count == 400, "seed \(seed)")
            let told = try await company.texts(
                "SELECT type AS line FROM outbox_events WHERE type = 'subscription.quarantined'")
            #expect(told.count == gold.count)
            #expect(try await company.audit() == [])
        }
    }

    @Test("two runs at once report each failure together once")
    func together() async throws {
        try await TestServer.run { server in
            let gold = Array(stride(from: 1, through: 1000, by: 7))
            let company = try await Company(.withGold(customers: 1000, gold: gold), on: server)
            async let first = company.bill()
            async let second = company.bill()
            let failed = try await [first, second].flatMap { $0.failed.compactMap(\.reference) }
            #expect(failed.sorted() == gold.map { "G\($0)" }.sorted())
        }
    }

    @Test("a report that was written before there was a quarantine is still read")
    func formerReports() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let asked = try await staff.send(.post, "/v1/billing-runs", [:])
                #expect(asked["quarantined"] == 0)
                _ = try await server.installation.worker().drain()
                try await company.overseen(
                    "UPDATE billing_runs SET report = (report::jsonb - 'quarantined')::json")
                let run = try await staff.send(
                    .get, "/v1/billing-runs/\(try #require(asked["id"].text))")
                #expect(run["totals"]["EUR"]["gross"] == 1190)
                #expect(run["quarantined"] == 0)
            }
        }
    }
}

extension Provider {
    /// Customers with one subscription to 10.00 EUR a month, and some with another, G1…GN for theirs, to
    /// twice so much that the amount does not fit.
    static func withGold(customers: Int, gold: [Int]) -> Provider {
        var provider = Provider()
        provider.customers = customers
        provider.prices.append("gold,EUR,month,1,60000000000000000.00,0.00")
        provider.subscriptions = (1...customers).map {
            "S\($0),C\($0),web,EUR,month,1,1,2026-11-15,,,active,"
        }
        provider.subscriptions += gold.map { "G\($0),C\($0),gold,EUR,month,1,2,2026-11-15,,,active," }
        return provider
    }
}

extension Company {
    /// What is in quarantine: `reference reason attempts`, sorted.
    func quarantine() async throws -> [String] {
        try await texts(
            """
            SELECT concat_ws(' ', s.reference, q.reason, q.attempts) AS line
            FROM quarantined_items AS q
            JOIN subscriptions AS s ON s.tenant_id = q.tenant_id AND s.id = q.subscription_id
            """)
    }

    /// Runs statements as the superuser, whom neither policies nor triggers stop.
    func overseen(_ statements: String...) async throws {
        let overseer = try await Connection.open(PostgresSettings(url: server.database.superuserURL))
        for statement in statements { try await overseer.execute(script: statement) }
    }

    /// The price that is too large becomes 10.00 EUR: 2 × 10.00 + 19 % is 23.80 from then on.
    func mendGold() async throws {
        try await overseen(
            "SET session_replication_role = replica",
            "UPDATE prices SET amount_minor = 1000 WHERE amount_minor = 6000000000000000000")
    }

    /// From now on the database takes no invoice of this customer, by the constraint refused_by_test.
    func refuseInvoices(of reference: String) async throws {
        let id = try await texts("SELECT id::text AS line FROM customers WHERE reference = \(reference)")
        try await overseen(
            """
            ALTER TABLE invoices
                ADD CONSTRAINT refused_by_test CHECK (customer_id <> '\(id.joined())') NOT VALID
            """)
    }
}
