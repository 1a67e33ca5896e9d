package import Kernel
package import Postgres

/// Whether documents agree with their lines, their numbers and the ledger. Each check returns the rows at
/// fault.
package enum InvoicingAudit {
    package static func findings(in tx: Transaction) async throws -> [AuditFinding] {
        let checks: [(String, SQL)] = [
            ("number_gap", numberGaps), ("series_position", seriesPositions), ("invoice_lines", invoiceLines),
            ("line_without_invoice", strayLines), ("credit_note_lines", creditNoteLines),
            ("void_without_credit_note", voids),
            ("invoice_postings", invoicePostings), ("posting_without_document", strayPostings),
        ]
        var findings: [AuditFinding] = []
        for (check, sql) in checks {
            findings += try await tx.all("\(sql) LIMIT 100") { row in
                AuditFinding(check: check, object: try row["object"], detail: try row["detail"])
            }
        }
        return findings
    }

    /// Numbers run 1…N in each series and year.
    private static let numberGaps: SQL =
        """
        SELECT number AS object,
            format('sequence %s follows %s', sequence, before) AS detail
        FROM (
            SELECT number, sequence, lag(sequence, 1, 0) OVER (PARTITION BY kind,
                sequence_year ORDER BY sequence)
                AS before
            FROM (
                SELECT 'invoice' AS kind, number, sequence, sequence_year FROM invoices
                    WHERE number IS NOT NULL
                UNION ALL
                SELECT 'credit_note', number, sequence, sequence_year FROM credit_notes
            ) AS documents
        ) AS numbered
        WHERE sequence <> before + 1
        """

    private static let seriesPositions: SQL =
        """
        SELECT format('%s %s', s.series, s.year) AS object,
            format('the next number is %s but the last one is %s', s.next_sequence, COALESCE(d.last, 0))
                AS detail
        FROM number_series AS s
        LEFT JOIN (
            SELECT 'invoice' AS series, sequence_year AS year, max(sequence) AS last FROM invoices
            WHERE number IS NOT NULL GROUP BY sequence_year
            UNION ALL
            SELECT 'credit_note', sequence_year, max(sequence) FROM credit_notes GROUP BY sequence_year
        ) AS d ON d.series = s.series AND d.year = s.year
        WHERE s.next_sequence <> COALESCE(d.last, 0) + 1
        """

    private static let invoiceLines: SQL =
        """
        SELECT COALESCE(i.number, i.id::text) AS object,
            format('%s lines, net %s, tax %s; its lines are %s, net %s, tax %s', i.line_count, i.net_minor,
                i.tax_minor, count(l.line_no), COALESCE(sum(l.net_minor), 0), COALESCE(sum(l.tax_minor),
                    0)) AS detail
        FROM invoices AS i
        LEFT JOIN invoice_lines AS l ON l.tenant_id = i.tenant_id AND l.invoice_id = i.id
        GROUP BY i.tenant_id, i.id
        HAVING (i.line_count, i.net_minor, i.tax_minor)
            <> (count(l.line_no), COALESCE(sum(l.net_minor), 0), COALESCE(sum(l.tax_minor), 0))
        """

    private static let strayLines: SQL =
        """
        SELECT l.invoice_id::text AS object, format('line %s, net %s', l.line_no, l.net_minor) AS detail
        FROM invoice_lines AS l
        LEFT JOIN invoices AS i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id
        WHERE i.id IS NULL
        """

    private static let creditNoteLines: SQL =
        """
        SELECT c.number AS object,
            format('net %s, tax %s; its lines are net %s, tax %s', c.net_minor, c.tax_minor,
                COALESCE(sum(l.net_minor), 0), COALESCE(sum(l.tax_minor), 0)) AS detail
        FROM credit_notes AS c
        LEFT JOIN credit_note_lines AS l ON l.tenant_id = c.tenant_id AND l.credit_note_id = c.id
        GROUP BY c.tenant_id, c.id
        HAVING (c.line_count, c.net_minor, c.tax_minor)
            <> (count(l.line_no), COALESCE(sum(l.net_minor), 0), COALESCE(sum(l.tax_minor), 0))
        """

    /// A void invoice has one credit note for the whole of it, another has none.
    private static let voids: SQL =
        """
        SELECT i.number AS object,
            format('it is %s for %s; its credit notes are for %s', i.state, i.gross_minor,
                COALESCE(sum(c.gross_minor), 0)) AS detail
        FROM invoices AS i
        LEFT JOIN credit_notes AS c ON c.tenant_id = i.tenant_id AND c.invoice_id = i.id
        WHERE i.number IS NOT NULL
        GROUP BY i.tenant_id, i.id
        HAVING (i.state = 'void') <> (count(c.id) = 1)
            OR (i.state = 'void' AND sum(c.gross_minor) <> i.gross_minor)
        """

    /// What an issued invoice asks is what the ledger holds of it: receivable, revenue and tax, and nothing
    /// after a void.
    private static let invoicePostings: SQL =
        """
        SELECT i.number AS object,
            format('net %s, tax %s; posted are revenue %s, tax %s', i.net_minor, i.tax_minor,
                COALESCE(p.revenue, 0), COALESCE(p.tax, 0)) AS detail
        FROM invoices AS i
        LEFT JOIN (
            SELECT COALESCE(c.invoice_id, o.document_id) AS invoice_id, o.currency,
                sum(CASE 'revenue' WHEN o.credit_account THEN o.amount_minor
                    WHEN o.debit_account THEN -o.amount_minor ELSE 0 END) AS revenue,
                sum(CASE 'tax_payable' WHEN o.credit_account THEN o.amount_minor
                    WHEN o.debit_account THEN -o.amount_minor ELSE 0 END) AS tax,
                sum(CASE 'receivable' WHEN o.debit_account THEN o.amount_minor
                    WHEN o.credit_account THEN -o.amount_minor ELSE 0 END) AS receivable
            FROM postings AS o
            LEFT JOIN credit_notes AS c ON c.tenant_id = o.tenant_id AND c.id = o.document_id
            GROUP BY COALESCE(c.invoice_id, o.document_id), o.currency
        ) AS p ON p.invoice_id = i.id AND p.currency = i.currency
        WHERE i.number IS NOT NULL
            AND (COALESCE(p.revenue, 0), COALESCE(p.tax, 0), COALESCE(p.receivable, 0)) <> (
                CASE WHEN i.state = 'void' THEN 0 ELSE i.net_minor END,
                CASE WHEN i.state = 'void' THEN 0 ELSE i.tax_minor END,
                CASE WHEN i.state = 'void' THEN 0 ELSE i.gross_minor END)
        """

    private static let strayPostings: SQL =
        """
        SELECT p.document_id::text AS object, 'it is posted, and there is no such document' AS detail
        FROM postings AS p
        WHERE NOT EXISTS (
                SELECT FROM invoices AS i
                WHERE i.tenant_id = p.tenant_id AND i.id = p.document_id AND i.number IS NOT NULL)
            AND NOT EXISTS (
                SELECT FROM credit_notes AS c WHERE c.tenant_id = p.tenant_id AND c.id = p.document_id)
        """
}
