import HTTPTypes
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

/// What a billing run writes by thousands is checked a statement at a time, by triggers in the place of
/// foreign keys.
@Suite("References that a statement checks")
struct ReferenceTests {
    @Test(
        "what points to a row that is not there is refused as a whole",
        arguments: [
            Breach(
                "billed_terms_stand_on_lines", "a term on a line that is not there",
                """
                INSERT INTO billed_terms (tenant_id, item_id, schedule_no, term_no, kind, customer_id,
                    starts_on, ends_on, invoice_id, line_no)
                SELECT tenant_id, item_id, schedule_no, term_no + 100, kind, customer_id, starts_on, ends_on,
                    invoice_id, line_no + 7
                FROM billed_terms
                """),
            Breach(
                "billed_terms_stand_on_lines", "a term of a schedule that is not there",
                """
                WITH line AS (
                    INSERT INTO invoice_lines (tenant_id, invoice_id, line_no, customer_id, description,
                        quantity_micros, unit_price_minor, net_minor, tax_minor, tax_rate_ppm, explanation)
                    SELECT tenant_id, gen_random_uuid(), 1, customer_id, 'free', 1000000, 0, 0, 0, 0, '{}'
                    FROM invoices
                    RETURNING invoice_id, line_no
                )
                INSERT INTO billed_terms (tenant_id, item_id, schedule_no, term_no, kind, customer_id,
                    starts_on, ends_on, invoice_id, line_no)
                SELECT tenant_id, item_id, schedule_no + 1, term_no, kind, customer_id, starts_on, ends_on,
                    line.invoice_id, line.line_no
                FROM billed_terms, line
                """),
            Breach(
                "invoices_customer_fkey", "a draft for a customer who is not there",
                """
                INSERT INTO invoices (tenant_id, id, customer_id, state, version, currency, service_on,
                    net_minor, tax_minor, gross_minor, line_count, tax_rounding, recorded_at)
                SELECT tenant_id, gen_random_uuid(), id, 'draft', 1, currency, service_on, 0, 0, 0, 0,
                    tax_rounding, recorded_at
                FROM invoices
                """),
            Breach(
                "invoices_have_their_lines", "an issued invoice with a line less than it counts",
                """
                INSERT INTO invoices (tenant_id, id, customer_id, state, version, number, sequence,
                    sequence_year, currency, service_on, issued_on, due_on, net_minor, tax_minor, gross_minor,
                    line_count, tax_rounding, seller_id, buyer, recorded_at)
                SELECT tenant_id, gen_random_uuid(), customer_id, state, version, 'X', 99, sequence_year,
                    currency, service_on, issued_on, due_on, net_minor, tax_minor, gross_minor, line_count,
                    tax_rounding, seller_id, buyer, recorded_at
                FROM invoices
                """),
        ])
    func refused(_ breach: Breach) async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            #expect(try await company.bill().invoices == 1)
            let before = try await server.digests()
            let refusal = await #expect(throws: PostgresError.self) {
                try await server.installation.database.write(company.scope) { tx in
                    try await tx.run(breach.statement)
                }
            }
            #expect(refusal?.constraint == breach.constraint)
            #expect(try await server.digests() == before)
        }
    }

    @Test("a draft does not leave its lines behind, and is not issued without them")
    func drafts() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let customer = try await staff.send(.get, "/v1/customers")["items"].items[0]["id"]
                let draft = try await staff.send(
                    .post, "/v1/invoices",
                    [
                        "customer_id": customer, "currency": "EUR",
                        "lines": [
                            [
                                "description": "Work", "quantity": "1",
                                "unit_price": ["amount": 100, "currency": "EUR"],
                            ]
                        ],
                    ])
                #expect(draft.status == 201)
                for statement in [
                    "DELETE FROM invoices", "UPDATE invoices SET line_count = 2, state = 'open'",
                ] as [SQL] {
                    let refusal = await #expect(throws: PostgresError.self) {
                        try await server.installation.database.write(company.scope) { tx in
                            try await tx.run(statement)
                        }
                    }
                    #expect(refusal?.sqlState.hasPrefix("23") == true, "\(statement)")
                }
            }
        }
    }

    @Test("a change of a subscription waits for the run that holds its customer")
    func waits() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let database = server.installation.database
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let id = try await staff.onlySubscription()
                try await withThrowingTaskGroup(of: Int.self) { group in
                    try await database.write(company.scope) { tx in
                        try await tx.run("SELECT FROM customers FOR NO KEY UPDATE")
                        group.addTask {
                            try await staff.send(
                                .put, "/v1/subscriptions/\(id)/suspension", ["reason": "staff"]
                            ).status
                        }
                        while try await company.waitingForLocks() == 0 {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                        #expect(
                            try await company.texts("SELECT state AS line FROM subscriptions") == ["active"])
                    }
                    #expect(try await group.next() == 200)
                }
            }
        }
    }

    @Test("a change bills the price as it is once nobody can change it any more")
    func priceIsFixed() async throws {
        var provider = Provider.monthly(from: "2026-11-15")
        provider.prices.append("pro,EUR,month,1,60.00,0.00")
        try await TestServer.run { server in
            let company = try await Company(provider, on: server)
            try await company.bill()
            let database = server.installation.database
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let story = Story(
                    company: company, staff: staff, subscription: try await staff.onlySubscription())
                let pro = try await story.staff.price("pro")
                let body: JSONValue = ["items": [["item_id": try await story.item(), "price_id": pro]]]
                try await withThrowingTaskGroup(of: JSONValue.self) { group in
                    try await database.write(company.scope) { tx in
                        try await tx.run("UPDATE prices SET amount_minor = 9000 WHERE amount_minor = 6000")
                        group.addTask {
                            try await staff.send(.post, "\(story.path)/changes", body).json
                        }
                        while try await company.waitingForLocks() == 0 {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                    let made = try await group.next()
                    let billed = made?["settlement"]["invoices"][0]["lines"][0]["net"]["amount"]
                    // The 14 of 30 days from 1 December on, of 90.00.
                    #expect(billed == 4200, "\(made ?? .null)")
                }
            }
        }
    }
}

extension Company {
    /// How many transactions of this database wait for a lock now.
    fileprivate func waitingForLocks() async throws -> Int {
        try await texts(
            """
            SELECT pid::text AS line FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        ).count
    }
}

struct Breach: Sendable, CustomTestStringConvertible {
    let constraint: String
    let testDescription: String
    let statement: SQL

    init(_ constraint: String, _ description: String, _ statement: SQL) {
        self.constraint = constraint
        testDescription = description
        self.statement = statement
    }
}
