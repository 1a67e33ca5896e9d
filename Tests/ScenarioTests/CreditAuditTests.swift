import HTTPTypes
import Invoicing
import Kernel
import Postgres
import TestKit
import Testing
import Web

/// Each fault is planted past everything that keeps it out: triggers, privileges and row-level security.
@Suite("The audit of credit notes")
struct CreditAuditTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let what: String
        let checks: Set<String>
        let statements: [SQL]

        init(_ what: String, _ checks: Set<String>, _ statements: SQL...) {
            self.what = what
            self.checks = checks
            self.statements = statements
        }

        var testDescription: String { what }
    }

    private static let (parts, whole, void) = ("A-2026-000001", "A-2026-000002", "A-2026-000003")

    // Invoice 1, of 10.00 and 5.00, has notes 1 (3.00 and 1.00) and 2 (2.00 of line 1); note 3 took back the
    // whole of invoice 2, of 4.00, and note 4 cancelled invoice 3. All at 19 %.
    static let faults = [
        Fault(
            "a cancellation is for less than the invoice",
            ["void_without_credit_note", "credit_note_lines", "invoice_postings"],
            """
            UPDATE credit_notes SET net_minor = net_minor - 1, gross_minor = gross_minor - 1
            WHERE sequence = 4
            """),
        Fault(
            "an invoice is void without a cancellation, and its parts pass for one",
            [
                "void_without_credit_note", "credited_line", "invoice_settled", "credit_note_postings",
            ],
            "UPDATE invoices SET state = 'void' WHERE number = \(parts)"),
        Fault(
            "what is credited passes for cancelled", ["invoice_settled", "credit_note_postings"],
            "UPDATE invoices SET state = 'void' WHERE number = \(whole)"),
        Fault(
            "a cancelled invoice passes for issued", ["invoice_settled", "credit_note_postings"],
            "UPDATE invoices SET state = 'open' WHERE number = \(void)"),
        Fault(
            "more is credited than the invoice",
            [
                "credited_invoice", "credited_line", "invoice_settled", "invoice_postings",
                "credit_note_postings",
            ],
            "UPDATE credit_notes SET net_minor = 401, gross_minor = 477 WHERE sequence = 3",
            "UPDATE credit_note_lines SET net_minor = 401 WHERE net_minor = 400"),
        Fault(
            "a note takes back nothing", ["credited_invoice"],
            """
            INSERT INTO credit_notes
            SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
                'number', 'CN-2026-000005', 'sequence', 5, 'net_minor', 0, 'tax_minor', 0, 'gross_minor', 0,
                'line_count', 0))).*
            FROM credit_notes AS c WHERE sequence = 1
            """,
            "UPDATE number_series SET next_sequence = 6 WHERE series = 'credit_note'"),
        Fault(
            "a line's tax went back with another", ["credited_line"],
            "UPDATE credit_note_lines SET tax_minor = tax_minor + 19 WHERE net_minor = 300",
            "UPDATE credit_note_lines SET tax_minor = tax_minor - 19 WHERE net_minor = 100"),
        Fault(
            "a line is credited that the invoice has not", ["credited_line"],
            "UPDATE credit_note_lines SET invoice_line_no = 3 WHERE net_minor = 100"),
        Fault(
            "more is credited than the line", ["credited_line"],
            // 3.00 of line 1 and 1.00 of line 2 become 10.00 of line 1 and −6.00 of line 2.
            "UPDATE credit_note_lines SET net_minor = 1000 WHERE net_minor = 300",
            "UPDATE credit_note_lines SET net_minor = -600 WHERE net_minor = 100"),
        Fault(
            "a cent was settled that nobody credited", ["invoice_settled"],
            "UPDATE invoices SET settled_minor = settled_minor + 1 WHERE number = \(parts)"),
        Fault(
            "an invoice is paid of which something is left", ["invoice_settled"],
            "UPDATE invoices SET state = 'paid' WHERE number = \(parts)"),
        Fault(
            "an invoice is open of which nothing is left", ["invoice_settled"],
            "UPDATE invoices SET state = 'open' WHERE number = \(whole)"),
        Fault(
            "something is settled of a void invoice", ["invoice_settled"],
            "UPDATE invoices SET settled_minor = 1 WHERE number = \(void)"),
        Fault(
            "a credit was not posted", ["invoice_postings", "credit_note_postings"],
            "DELETE FROM postings WHERE cause = 'credit' AND amount_minor = 200"),
        Fault(
            "an issue was posted short", ["invoice_postings"],
            "UPDATE postings SET amount_minor = 399 WHERE cause = 'issue' AND amount_minor = 400"
        ),
        Fault(
            "two notes have each other's postings", ["credit_note_postings"],
            """
            UPDATE postings SET credit_note_id = (
                SELECT id FROM credit_notes WHERE sequence = CASE amount_minor WHEN 400 THEN 2 ELSE 1 END)
            WHERE cause = 'credit' AND amount_minor IN (400, 200)
                AND document_id = (SELECT id FROM invoices WHERE number = \(parts))
            """),
        Fault(
            "a posting names a note that is not there", ["credit_note_postings", "posting_without_document"],
            "UPDATE postings SET credit_note_id = document_id WHERE cause = 'credit' AND amount_minor = 200"),
        Fault(
            "a posting names another invoice's note", ["credit_note_postings", "posting_without_document"],
            """
            UPDATE postings SET credit_note_id = (SELECT id FROM credit_notes WHERE sequence = 3)
            WHERE cause = 'credit' AND amount_minor = 200
            """),
        Fault(
            "a posting is in another currency", ["posting_without_document"],
            "UPDATE postings SET currency = 'USD' WHERE cause = 'credit' AND amount_minor = 200"),
        Fault(
            "a posting is another customer's", ["posting_without_document"],
            "UPDATE postings SET customer_id = document_id WHERE cause = 'issue' AND amount_minor = 400"
        ),
    ]

    @Test("finds the fault, and nothing without one", arguments: faults)
    func found(fault: Fault) async throws {
        try await Company.withOwner { company, owner in
            let customer = try await owner.customer()
            let parts = try await owner.invoice([1000, 500], to: customer)
            let whole = try await owner.invoice([400], to: customer)
            let void = try await owner.invoice([700], to: customer)
            try await company.credit(Credit(parts, (1, 300), (2, 100)))
            try await company.credit(Credit(parts, (1, 200)))
            try await company.credit(Credit(whole, (1, 400)))
            let voided = try await owner.send(.post, "/v1/invoices/\(void)/void", ["reason": "A mistake"])
            #expect(voided.status == 200)
            #expect(try await company.audit() == [])

            let admin = try await Connection.open(PostgresSettings(url: company.server.database.superuserURL))
            try await admin.execute(script: "SET session_replication_role = replica")
            for statement in fault.statements {
                #expect(try await admin.run(statement) > 0, "nothing was planted")
            }
            #expect(Set(try await company.audit().map(\.check)) == fault.checks)
        }
    }
}
