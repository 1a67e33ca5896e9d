package import Kernel
package import Postgres

/// Whether documents agree with their lines, their numbers and the ledger. Each check returns the rows at
/// fault.
package enum InvoicingAudit {
    package static func findings(in tx: Transaction) async throws -> [AuditFinding] {
        let checks: [(String, SQL)] = [
            ("number_gap", numberGaps), ("series_position", seriesPositions), ("invoice_lines", invoiceLines),
            ("line_amount", lineAmounts), ("line_without_invoice", strayLines),
            ("credit_note_lines", creditNoteLines),
            ("void_without_credit_note", voids), ("credited_invoice", creditedInvoices),
            ("credited_line", creditedLines), ("invoice_settled", settlements),
            ("invoice_postings", invoicePostings), ("credit_note_postings", creditNotePostings),
            ("posting_without_document", strayPostings),
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

    /// Unit price times quantity, rounded half up, less the discount, is what a line bills.
    private static let lineAmounts: SQL =
        """
        SELECT l.invoice_id::text AS object,
            format('line %s, net %s, is %s millionths of %s less %s', l.line_no, l.net_minor,
                l.quantity_micros, l.unit_price_minor, l.discount_minor) AS detail
        FROM invoice_lines AS l
        WHERE round(l.unit_price_minor::numeric * l.quantity_micros / 1000000) - l.discount_minor
            <> l.net_minor
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

    /// A void invoice has one credit note, for the whole of it.
    private static let voids: SQL =
        """
        SELECT i.number AS object,
            format('it is void; its %s credit notes are for net %s, tax %s of net %s, tax %s', count(c.id),
                COALESCE(sum(c.net_minor), 0), COALESCE(sum(c.tax_minor), 0), i.net_minor, i.tax_minor)
                AS detail
        FROM invoices AS i
        LEFT JOIN credit_notes AS c ON c.tenant_id = i.tenant_id AND c.invoice_id = i.id
        WHERE i.state = 'void'
        GROUP BY i.tenant_id, i.id
        HAVING (count(c.id), COALESCE(sum(c.net_minor), 0), COALESCE(sum(c.tax_minor), 0))
            <> (1, i.net_minor, i.tax_minor)
        """

    /// The credit notes of another take back parts of it, and together no more than the whole.
    private static let creditedInvoices: SQL =
        """
        SELECT COALESCE(i.number, i.id::text) AS object,
            format('it is %s for %s; its credit notes are for %s', i.state, i.gross_minor, sum(c.gross_minor))
                AS detail
        FROM invoices AS i
        JOIN credit_notes AS c ON c.tenant_id = i.tenant_id AND c.invoice_id = i.id
        WHERE i.state <> 'void'
        GROUP BY i.tenant_id, i.id
        HAVING i.number IS NULL OR sum(c.gross_minor) > i.gross_minor OR min(c.gross_minor) <= 0
        """

    /// Of each line of a void invoice the whole is credited; of another's no more than its net, its tax and
    /// its quantity, all of its tax with all of its net, and else as much of both: each part was rounded, and
    /// the line. What a line below zero takes off is taken back below zero.
    private static let creditedLines: SQL =
        """
        SELECT i.number AS object,
            format('line %s is net %s, tax %s; credited are net %s, tax %s', c.line_no, l.net_minor,
                l.tax_minor, c.net_minor, c.tax_minor) AS detail
        FROM (
            SELECT n.tenant_id, n.invoice_id, k.invoice_line_no AS line_no, sum(k.net_minor) AS net_minor,
                sum(k.tax_minor) AS tax_minor, sum(k.quantity_micros) AS quantity_micros, count(*) AS parts
            FROM credit_note_lines AS k
            JOIN credit_notes AS n ON n.tenant_id = k.tenant_id AND n.id = k.credit_note_id
            GROUP BY n.tenant_id, n.invoice_id, k.invoice_line_no
        ) AS c
        JOIN invoices AS i ON i.tenant_id = c.tenant_id AND i.id = c.invoice_id
        LEFT JOIN invoice_lines AS l ON l.tenant_id = c.tenant_id AND l.invoice_id = c.invoice_id
            AND l.line_no = c.line_no
        WHERE CASE
            WHEN l.line_no IS NULL THEN true
            WHEN i.state = 'void' THEN (c.net_minor, c.tax_minor) <> (l.net_minor, l.tax_minor)
            WHEN c.net_minor NOT BETWEEN LEAST(0, l.net_minor) AND GREATEST(0, l.net_minor) THEN true
            WHEN c.quantity_micros > l.quantity_micros THEN true
            WHEN c.net_minor = l.net_minor THEN c.tax_minor <> l.tax_minor
            ELSE c.tax_minor NOT BETWEEN LEAST(0, l.tax_minor) AND GREATEST(0, l.tax_minor)
                OR abs(c.tax_minor * l.net_minor - l.tax_minor * c.net_minor)
                    > (c.parts + 1) * abs(l.net_minor)
        END
        """

    /// What is settled of an invoice is what was credited of it by line, and it is paid when that is all.
    /// Whatever else settles invoices joins the credit notes here.
    private static let settlements: SQL =
        """
        SELECT COALESCE(i.number, i.id::text) AS object,
            format('it is %s, and %s of %s are settled; credited are %s', i.state, i.settled_minor,
                i.gross_minor, COALESCE(s.amount_minor, 0)) AS detail
        FROM invoices AS i
        LEFT JOIN (
            SELECT tenant_id, invoice_id, sum(amount_minor) AS amount_minor
            FROM (SELECT tenant_id, invoice_id, gross_minor AS amount_minor FROM credit_notes) AS settlement
            GROUP BY tenant_id, invoice_id
        ) AS s ON s.tenant_id = i.tenant_id AND s.invoice_id = i.id
        WHERE i.settled_minor <> CASE WHEN i.state = 'void' THEN 0 ELSE COALESCE(s.amount_minor, 0) END
            OR (i.state IN ('open', 'paid') AND (i.state = 'paid') <> (i.settled_minor = i.gross_minor))
        """

    /// What the postings of a group hold of each account, seen from an invoice that was issued.
    private static let posted: SQL =
        """
        sum(CASE 'revenue' WHEN credit_account THEN amount_minor
            WHEN debit_account THEN -amount_minor ELSE 0 END) AS revenue,
        sum(CASE 'tax_payable' WHEN credit_account THEN amount_minor
            WHEN debit_account THEN -amount_minor ELSE 0 END) AS tax,
        sum(CASE 'receivable' WHEN debit_account THEN amount_minor
            WHEN credit_account THEN -amount_minor ELSE 0 END) AS receivable
        """

    /// What an issued invoice asks less what its credit notes take back is what the ledger holds of it:
    /// receivable, revenue and tax, and nothing after a void.
    private static let invoicePostings: SQL =
        """
        SELECT i.number AS object,
            format('net %s, tax %s less credit notes for net %s, tax %s; posted are revenue %s, tax %s',
                i.net_minor, i.tax_minor, COALESCE(c.net_minor, 0), COALESCE(c.tax_minor, 0),
                COALESCE(p.revenue, 0), COALESCE(p.tax, 0)) AS detail
        FROM invoices AS i
        LEFT JOIN (
            SELECT tenant_id, document_id, \(posted)
            FROM postings
            GROUP BY tenant_id, document_id
        ) AS p ON p.tenant_id = i.tenant_id AND p.document_id = i.id
        LEFT JOIN (
            SELECT tenant_id, invoice_id, sum(net_minor) AS net_minor, sum(tax_minor) AS tax_minor,
                sum(gross_minor) AS gross_minor
            FROM credit_notes
            GROUP BY tenant_id, invoice_id
        ) AS c ON c.tenant_id = i.tenant_id AND c.invoice_id = i.id
        WHERE i.number IS NOT NULL
            AND (COALESCE(p.revenue, 0), COALESCE(p.tax, 0), COALESCE(p.receivable, 0)) <> (
                i.net_minor - COALESCE(c.net_minor, 0), i.tax_minor - COALESCE(c.tax_minor, 0),
                i.gross_minor - COALESCE(c.gross_minor, 0))
        """

    /// What a credit note takes back is what was posted for it. A cancellation's postings are those of its
    /// invoice, of which it leaves nothing.
    private static let creditNotePostings: SQL =
        """
        SELECT c.number AS object,
            format('net %s, tax %s; posted are revenue %s, tax %s', c.net_minor, c.tax_minor,
                COALESCE(p.revenue, 0), COALESCE(p.tax, 0)) AS detail
        FROM credit_notes AS c
        JOIN invoices AS i ON i.tenant_id = c.tenant_id AND i.id = c.invoice_id
        LEFT JOIN (
            SELECT tenant_id, credit_note_id, \(posted)
            FROM postings
            WHERE credit_note_id IS NOT NULL
            GROUP BY tenant_id, credit_note_id
        ) AS p ON p.tenant_id = c.tenant_id AND p.credit_note_id = c.id
        WHERE (COALESCE(p.revenue, 0), COALESCE(p.tax, 0), COALESCE(p.receivable, 0)) <> (
            CASE WHEN i.state = 'void' THEN 0 ELSE -c.net_minor END,
            CASE WHEN i.state = 'void' THEN 0 ELSE -c.tax_minor END,
            CASE WHEN i.state = 'void' THEN 0 ELSE -c.gross_minor END)
        """

    /// A posting is of an issued invoice, in its currency and of its customer; and a credit, of one of that
    /// invoice's notes.
    private static let strayPostings: SQL =
        """
        SELECT p.document_id::text AS object,
            format('%s %s: %s %s are posted, and there is no such document', p.cause, p.entry, p.amount_minor,
                p.currency) AS detail
        FROM postings AS p
        LEFT JOIN invoices AS i ON i.tenant_id = p.tenant_id AND i.id = p.document_id
            AND i.number IS NOT NULL AND i.currency = p.currency AND i.customer_id = p.customer_id
        LEFT JOIN credit_notes AS c ON c.tenant_id = p.tenant_id AND c.id = p.credit_note_id
            AND c.invoice_id = p.document_id
        WHERE i.id IS NULL OR (p.cause = 'credit' AND c.id IS NULL)
        """
}
