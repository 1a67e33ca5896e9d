import HTTPTypes
import Kernel
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

@Suite("The guards of the billing run")
struct BillingGuardTests {
    @Test(
        "let 15 lines of an item start on one day, and quarantine it at the sixteenth", arguments: [15, 16])
    func linesADay(schedules: Int) async throws {
        try await TestServer.run { server in
            var provider = Provider.monthly(from: "2026-11-15")
            provider.subscriptions.append("S2,C1,web,EUR,month,1,1,2026-11-15,,,active,")
            let company = try await Company(provider, on: server)
            try await company.addSchedules(2...schedules, to: "S1")
            let report = try await company.bill()
            if schedules == 15 {
                #expect(report.failed == [])
                // 16 × 10.00 + 19 % is 190.40.
                #expect(try await company.invoices() == ["C1,EUR,2026-11-15,16,16000,3040,19040"])
            } else {
                #expect(report.failed.map(\.reason) == [.tooManyLines], "once, whatever its schedules")
                #expect(try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
                #expect(try await company.quarantine() == ["S1 too_many_lines 1"])
                let detail = try await company.texts("SELECT detail AS line FROM quarantined_items")
                #expect(detail[0].contains("2026-11-15"))
            }
            #expect(try await company.auditBesideOverlaps() == [])
            #expect(try await company.bill().totals.isEmpty)
        }
    }

    @Test("count what is billed of the day already, unless it was taken back")
    func billedBefore() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.addSchedules(2...10, to: "S1")
            #expect(try await company.bill().lines == 10)
            try await company.addSchedules(11...15, to: "S1")
            #expect(try await company.bill().lines == 5)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                // The newest, of five lines: with the ten that stand they are fifteen again.
                try await staff.voidInvoice(serviceOn: "C1,EUR,2026-11-15")
            }
            #expect(try await company.bill().lines == 5)
            try await company.addSchedules(16...16, to: "S1")
            #expect(try await company.bill().failed.map(\.reason) == [.tooManyLines])
            #expect(
                try await company.invoices() == [
                    "C1,EUR,2026-11-15,10,10000,1900,11900", "C1,EUR,2026-11-15,5,5000,950,5950",
                ])
            #expect(try await company.auditBesideOverlaps() == [])
        }
    }

    @Test("never trip over terms of the past, however many are caught up")
    func catchingUp() async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.prices = ["web,EUR,day,1,1.00,0.00"]
            provider.subscriptions = ["S1,C1,web,EUR,day,1,1,2026-06-01,,,active,"]
            let company = try await Company(provider, on: server)
            try await company.addSchedules(2...3, to: "S1")
            let report = try await company.bill()
            #expect(report.failed == [])
            // 30 + 31 + 31 + 30 + 31 + 30 days, and the first of December; three lines each.
            #expect(report.invoices == 184 && report.lines == 552)
            #expect(try await company.auditBesideOverlaps() == [])
        }
    }

    @Test("let no line start more than 36 months ahead, whatever is asked for and the policies say")
    func horizon() async throws {
        try await TestServer.run { server in
            var provider = Provider.monthly(from: "2026-11-15")
            provider.subscriptions.append("S2,C1,web,EUR,month,1,1,2026-11-01,,,active,")
            let company = try await Company(provider, on: server)
            try await server.api { anyone in
                let owner = try await anyone.signedIn(company.user(.owner))
                let policies = try await owner.send(
                    .patch, "/v1/tenant/policies", ["invoice_days_before_due": 90])
                #expect(policies.status == 200, "\(policies.text)")
            }
            for _ in 1...2 {
                let report = try await company.bill(asOf: "2029-12-01")
                #expect(report.failed == [] && report.quarantined == 0)
                let days = try await company.texts("SELECT service_on::text AS line FROM invoices")
                // The fifteenth of 37 months, and the first of 38, up to the last day that is let pass.
                #expect(days.count == 75)
                #expect(days.last == "2029-12-01")
            }
            try await company.setToday("2026-12-15")
            #expect(try await company.bill(asOf: "2029-12-15").invoices == 1, "it comes with time")
            #expect(try await company.auditBesideOverlaps() == [])
        }
    }
}

extension Company {
    /// As if the only item of the subscription had been changed so often on its first day.
    func addSchedules(_ numbers: ClosedRange<Int>, to reference: String) async throws {
        try await overseen(
            """
            INSERT INTO item_schedules
            SELECT (jsonb_populate_record(d, jsonb_build_object('schedule_no', number, 'next_term', 0,
                'next_due_on', d.anchor, 'is_billable', true))).*
            FROM item_schedules AS d
            JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
            CROSS JOIN generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS number
            WHERE s.reference = '\(reference)' AND d.schedule_no = 1
            """)
    }
}

extension Company {
    /// The tests' schedules hold on the same days, as none do that MPanel opens: of that nothing is said.
    func auditBesideOverlaps() async throws -> [AuditFinding] {
        try await audit().filter { $0.check != "schedule_overlap" }
    }
}
