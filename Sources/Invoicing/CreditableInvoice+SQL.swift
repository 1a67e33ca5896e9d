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
        var credited: [Place: Credited] = [:]
        for row in answers[2] { try credited[Place(row: row), default: Credited()].add(row) }
        for row in answers[1] {
            let place = try Place(row: row)
            let tax = try LineTax(
                recorded: TaxRecord.components(row["taxes"]), category: row["tax_category"],
                rate: TaxRate(row: row))
            let before = credited[place] ?? Credited()
            invoices[place.invoice]?.lines[place.line] = Line(
                credited: CreditedLine(
                    netMinor: try row["net_minor"], taxesMinor: try taxesMinor(in: row),
                    creditedNetMinor: before.netMinor, creditedTaxesMinor: before.taxesMinor),
                tax: tax, description: try row["description"], quantity: try row["quantity_micros"],
                creditedQuantity: before.quantity)
        }
        return invoices
    }

    /// What the notes so far took back of a line.
    private struct Credited {
        var netMinor: Int64 = 0
        var quantity = Quantity.zero
        var taxesMinor: [Int64]?

        mutating func add(_ row: Row) throws {
            netMinor += try row["net_minor"] as Int64
            let taken: Quantity? = try row["quantity_micros"]
            quantity = Quantity(micros: quantity.micros + (taken?.micros ?? 0))
            let taxes = try CreditableInvoice.taxesMinor(in: row)
            taxesMinor = taxesMinor.map { zip($0, taxes).map(+) } ?? taxes
        }
    }

    /// Of each tax that a line bears.
    fileprivate static func taxesMinor(in row: Row) throws -> [Int64] {
        let components = try TaxRecord.components(row["taxes"])
        return try components?.map(\.amount)
            ?? (TaxRate(row: row) == .zero ? [] : [row["tax_minor"]])
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
                settledMinor: try row["settled_minor"], lastEntry: try row["last_entry"],
                taxGroups: try TaxRecord.groups(row["taxes"])))
    }

    private static func heads(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT id, customer_id, state, version, number, currency, gross_minor, tax_rounding, taxes,
            settled_minor, COALESCE((SELECT max(entry) FROM postings
                WHERE postings.document_id = invoices.id AND postings.cause = 'credit'), 0)::smallint
                AS last_entry
        FROM invoices
        WHERE id = ANY(\(ids))
        """
    }

    private static func lines(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT invoice_id, line_no, description, quantity_micros, net_minor, tax_minor, tax_rate_ppm,
            tax_category, taxes
        FROM invoice_lines
        WHERE invoice_id = ANY(\(ids))
        """
    }

    /// The lines of each note are looked up by key: the planner, which does not know how many notes a tenant
    /// has, would now and then rather read all lines of all of them.
    private static func credits(_ ids: [InvoiceID]) -> SQL {
        """
        SELECT credit_notes.invoice_id, line.invoice_line_no AS line_no, line.quantity_micros, line.net_minor,
            line.tax_minor, line.tax_rate_ppm, line.taxes
        FROM credit_notes
        CROSS JOIN LATERAL (
            SELECT invoice_line_no, quantity_micros, net_minor, tax_minor, tax_rate_ppm, taxes
            FROM credit_note_lines
            WHERE credit_note_lines.credit_note_id = credit_notes.id
            OFFSET 0
        ) AS line
        WHERE credit_notes.invoice_id = ANY(\(ids))
        """
    }
}
