import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Issued invoices: taken back, and otherwise frozen")
struct VoidedInvoiceTests {
    /// Two subscriptions that start on one day, one of them with a set-up fee, two terms behind.
    private static let provider: Provider = {
        var provider = Provider()
        provider.prices = ["web,EUR,month,1,4.99,9.00", "mail,EUR,month,1,1.37,0.00"]
        provider.subscriptions = [
            "S1,C1,web,EUR,month,1,3,2026-09-30,,,active,",
            "S2,C1,mail,EUR,month,1,1,2026-09-30,,,active,",
        ]
        return provider
    }()

    private static let invoices = [
        "C1,EUR,2026-09-30,3,4334,823,5157", "C1,EUR,2026-10-30,2,1634,310,1944",
        "C1,EUR,2026-11-30,2,1634,310,1944",
    ]

    @Test(
        "the terms of a voided invoice are billed again with the same amounts, and no other term is",
        arguments: [[0], [1], [2], [0, 2], [2, 0], [1, 0], [0, 1, 2]])
    func void(places: [Int]) async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            try await company.bill()
            #expect(try await company.invoices() == Self.invoices)
            let lines = try await company.lines()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                // Twice, so that what was billed again is taken back as well.
                for _ in 1...2 {
                    for place in places { try await staff.voidInvoice(serviceOn: Self.invoices[place]) }
                    let standing = Self.invoices.indices.filter { !places.contains($0) }
                    #expect(try await company.invoices() == standing.map { Self.invoices[$0] })
                    #expect(try await company.audit() == [])

                    #expect(try await company.bill().invoices == places.count)
                    #expect(try await company.invoices() == Self.invoices)
                    #expect(try await company.lines() == lines)
                    #expect(try await company.audit() == [])
                    #expect(try await company.bill().totals.isEmpty)
                }
            }
        }
    }

    @Test("a void long ago does not disturb the terms that follow")
    func laterTerms() async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            try await company.bill()
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                try await staff.voidInvoice(serviceOn: Self.invoices[1])
                try await company.setToday("2027-01-05")
                #expect(try await company.bill().invoices == 2)
                #expect(try await company.invoices() == Self.invoices + ["C1,EUR,2026-12-30,2,1634,310,1944"])
                #expect(try await company.audit() == [])
                try await staff.voidInvoice(serviceOn: Self.invoices[0])
                try await company.setToday("2027-02-01")
                #expect(try await company.bill().invoices == 2)
                #expect(
                    try await company.invoices() == Self.invoices + [
                        "C1,EUR,2026-12-30,2,1634,310,1944", "C1,EUR,2027-01-30,2,1634,310,1944",
                    ])
                #expect(try await company.audit() == [])
            }
        }
    }

    @Test("what was voided and then cancelled before its start is not billed again")
    func cancelledMeanwhile() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.bill(asOf: "2026-12-20")
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let id = try await staff.onlySubscription()
                try await staff.voidInvoice(serviceOn: "C1,EUR,2026-12-15,1,1000,190,1190")
                _ = try await staff.send(.post, "/v1/subscriptions/\(id)/cancellation", ["when": "term_end"])
                #expect(try await company.audit() == [])
                #expect(try await company.bill(asOf: "2026-12-20").totals.isEmpty)
                #expect(try await company.invoices() == ["C1,EUR,2026-11-15,1,1000,190,1190"])
                #expect(try await company.audit() == [])
            }
        }
    }

    @Test("no SQL of the application's role changes an issued invoice, its lines or its postings")
    func frozen() async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            try await company.bill()
            let before = try await server.digests()
            for statement in Self.forbidden {
                let refusal = await #expect(throws: PostgresError.self, "\(statement)") {
                    try await server.installation.database.write(company.scope) { tx in
                        try await tx.run(statement)
                    }
                }
                // Frozen by a trigger, or not even granted.
                let isFrozen = refusal?.constraint == "issued_invoices_are_frozen"
                #expect(isFrozen || refusal?.sqlState == "42501", "\(statement)")
            }
            #expect(try await server.digests() == before)
        }
    }

    private static let forbidden: [SQL] = [
        "UPDATE invoices SET gross_minor = gross_minor + 1, net_minor = net_minor + 1",
        "UPDATE invoices SET number = number || '-'",
        "UPDATE invoices SET state = 'draft'",
        "UPDATE invoices SET state = 'void', due_on = due_on + 1",
        "UPDATE invoices SET customer_id = id",
        "UPDATE invoices SET buyer = '{}'",
        "UPDATE invoices SET line_count = line_count + 1",
        "UPDATE invoices SET recorded_at = now()",
        "DELETE FROM invoices",
        "TRUNCATE invoices CASCADE",
        "UPDATE invoice_lines SET net_minor = net_minor - 1",
        "UPDATE invoice_lines SET description = ''",
        "UPDATE invoice_lines SET explanation = '{}'",
        "UPDATE invoice_lines SET line_no = line_no + 10",
        "DELETE FROM invoice_lines",
        "TRUNCATE invoice_lines CASCADE",
        """
        INSERT INTO invoice_lines (tenant_id, invoice_id, line_no, customer_id, description, quantity_micros,
            unit_price_minor, net_minor, tax_minor, tax_rate_ppm, explanation)
        SELECT tenant_id, id, line_count + 1, customer_id, 'one more', 1000000, 1, 1, 0, 0, '{}' FROM invoices
        """,
        "UPDATE postings SET amount_minor = 1",
        "DELETE FROM postings",
        "DELETE FROM billed_terms",
        "UPDATE billed_terms SET term_no = term_no + 100",
        "DELETE FROM outbox_events",
        "UPDATE postings SET credit_note_id = NULL",
        "UPDATE credit_notes SET reason = ''",
        "DELETE FROM credit_notes",
        "UPDATE credit_note_lines SET explanation = '{}'",
        "UPDATE credit_note_lines SET net_minor = net_minor - 1",
        "DELETE FROM credit_note_lines",
        "ALTER TABLE invoices DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ]
}

extension TestClient {
    /// Voids the invoice that stands for the service day in this line of `Company.invoices`.
    func voidInvoice(serviceOn line: String) async throws {
        let day = try #require(line.split(separator: ",").first { Day(String($0)) != nil }).description
        let list = try await send(.get, "/v1/invoices?state=open")
        let invoice = try #require(list["items"].items.first { $0["service_on"].text == day })
        let id = try #require(invoice["id"].text)
        let voided = try await send(.post, "/v1/invoices/\(id)/void", ["reason": "A mistake"])
        #expect(voided.status == 200)
        #expect(voided["state"] == "void")
        #expect(voided["credit_notes"].items.count == 1)
        let again = try await send(.post, "/v1/invoices/\(id)/void", ["reason": "A mistake"])
        #expect(again.status == 409)
    }
}
