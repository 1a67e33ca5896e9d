import BillingMath
import Kernel
import Postgres

extension CreditableInvoice {
    /// Locks the invoices until the transaction ends, in one order for all who do.
    static func lock(_ ids: [InvoiceID], in tx: Transaction) async throws {
        try await tx.run(
            """
            SELECT FROM invoices
            WHERE id = ANY(\(ids))
            ORDER BY id
            FOR NO KEY UPDATE
            """)
    }

    /// Those there are, with all their lines: three statements in one round trip, however many they are.
    static func find(_ ids: [InvoiceID], in tx: Transaction) async throws -> [InvoiceID: CreditableInvoice] {
        let answers = try await tx.pipeline([heads(ids), lines(ids), credits(ids)])
        var invoices = Dictionary(
            uniqueKeysWithValues: try answers[0].map { row in
                let invoice = try CreditableInvoice(row: row)
                return (invoice.id, invoice)
            })
        var credited: [Place: (netMinor: Int64, taxMinor: Int64, quantity: Quantity)] = [:]
        for row in answers[2] {
            credited[try Place(row: row)] = (
                try row["net_minor"], try row["tax_minor"], try row["quantity_micros"]
            )
        }
        for row in answers[1] {
            let place = try Place(row: row)
            let before = credited[place] ?? (0, 0, .zero)
            invoices[place.invoice]?.lines[place.line] = Line(
                credited: CreditedLine(
                    netMinor: try row["net_minor"], taxMinor: try row["tax_minor"],
                    creditedNetMinor: before.netMinor, creditedTaxMinor: before.taxMinor),
                taxRate: try TaxRate(row: row), description: try row["description"],
                quantity: try row["quantity_micros"], creditedQuantity: before.quantity)
        }
        return invoices
    }

    private struct Place: Hashable {
        let invoice: InvoiceID
        let line: Int

        init(row: Row) throws {
            invoice = try row["invoice_id"]
            line = try row["line_no"]
        }
    }

    private init(row: Row) throws {
        self.init(
            Head(
                id: try row["id"], customer: try row["customer_id"], state: try row["state"],
                version: try row["version"], number: try row["number"], currency: try row["currency"],
                grossMinor: try row["gross_minor"], taxRounding: try row["tax_rounding"],
                settledMinor: try row["settled_minor"], lastEntry: try row["last_entry"]))
    }

    private static func heads(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT id, customer_id, state, version, number, currency, gross_minor, tax_rounding, settled_minor,
            COALESCE((SELECT max(entry) FROM postings
                WHERE postings.document_id = invoices.id AND postings.cause = 'credit'), 0)::smallint
                AS last_entry
        FROM invoices
        WHERE id = ANY(\(ids))
        """
    }

    private static func lines(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT invoice_id, line_no, description, quantity_micros, net_minor, tax_minor, tax_rate_ppm
        FROM invoice_lines
        WHERE invoice_id = ANY(\(ids))
        """
    }

    /// The lines of each note are looked up by key: the planner, which does not know how many notes a tenant
    /// has, would now and then rather read all lines of all of them.
    private static func credits(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT credit_notes.invoice_id, line.invoice_line_no AS line_no,
            sum(line.net_minor)::bigint AS net_minor, sum(line.tax_minor)::bigint AS tax_minor,
            COALESCE(sum(line.quantity_micros), 0)::bigint AS quantity_micros
        FROM credit_notes
        CROSS JOIN LATERAL (
            SELECT invoice_line_no, net_minor, tax_minor, quantity_micros FROM credit_note_lines
            WHERE credit_note_lines.credit_note_id = credit_notes.id
            OFFSET 0
        ) AS line
        WHERE credit_notes.invoice_id = ANY(\(ids))
        GROUP BY credit_notes.invoice_id, line.invoice_line_no
        """
    }
}
