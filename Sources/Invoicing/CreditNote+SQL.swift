import BillingMath
import Kernel
import Platform
import Postgres

extension CreditNote {
    private static let columns: SQL =
        """
        credit_notes.id, credit_notes.customer_id, credit_notes.invoice_id, credit_notes.number,
        credit_notes.currency, credit_notes.issued_on, credit_notes.reason, credit_notes.net_minor,
        credit_notes.tax_minor, credit_notes.gross_minor, credit_notes.line_count, credit_notes.recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        invoice = try row["invoice_id"]
        number = try row["number"]
        currency = try row["currency"]
        issuedOn = try row["issued_on"]
        reason = try row["reason"]
        netMinor = try row["net_minor"]
        taxMinor = try row["tax_minor"]
        grossMinor = try row["gross_minor"]
        lineCount = try row["line_count"]
        recordedAt = try row["recorded_at"]
    }

    /// Oldest first.
    static func all(of invoice: InvoiceID) -> SQL {
        "SELECT \(columns) FROM credit_notes WHERE invoice_id = \(invoice) ORDER BY id"
    }

    /// The newest first.
    static func list(
        _ filter: CreditNoteFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<CreditNote> {
        var condition: SQL = "TRUE"
        if let customer = filter.customer ?? tx.scope.customer {
            condition = "\(condition) AND customer_id = \(customer)"
        }
        if let invoice = filter.invoice { condition = "\(condition) AND invoice_id = \(invoice)" }
        if let before = try page.cursor.map({ try ListCursor($0).id }) {
            condition = "\(condition) AND id < \(before)"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM credit_notes
            WHERE \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, CreditNote.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.id.uuid).text }
    }

    /// A credit note with everything that stands on it.
    static func document(_ id: CreditNoteID, in tx: Transaction) async throws -> CreditNoteDocument? {
        let lines = try await CreditNoteLine.all(of: id, in: tx)
        return try await tx.first(
            """
            SELECT \(columns), \(Addressee.columns), credit_notes.taxes, credit_notes.buyer,
                seller_snapshots.content AS seller
            FROM credit_notes
            JOIN customers
                ON customers.tenant_id = credit_notes.tenant_id AND customers.id = credit_notes.customer_id
            JOIN seller_snapshots
                ON seller_snapshots.tenant_id = credit_notes.tenant_id
                    AND seller_snapshots.id = credit_notes.seller_id
            WHERE credit_notes.id = \(id)
            """
        ) { row in
            CreditNoteDocument(
                note: try CreditNote(row: row), addressee: try Addressee(row: row), lines: lines,
                taxGroups: try TaxRecord.groups(row["taxes"]),
                seller: try (row["seller"] as JSONText).decode(),
                buyer: try (row["buyer"] as JSONText).decode())
        }
    }
}

extension CreditNoteLine {
    init(row: Row) throws {
        number = try row["line_no"]
        invoiceLine = try row["invoice_line_no"]
        description = try row["description"]
        quantity = try row["quantity_micros"]
        netMinor = try row["net_minor"]
        taxMinor = try row["tax_minor"]
        taxRate = try TaxRate(row: row)
        taxCategory = try row["tax_category"]
        taxes = try TaxRecord.components(row["taxes"])
        periodStart = try row["period_start"]
        periodEnd = try row["period_end"]
        explanation = try row["explanation"]
    }

    static func all(of note: CreditNoteID, in tx: Transaction) async throws -> [CreditNoteLine] {
        try await tx.all(
            """
            SELECT line_no, invoice_line_no, description, quantity_micros, net_minor, tax_minor,
                tax_rate_ppm, tax_category, taxes, period_start, period_end, explanation
            FROM credit_note_lines
            WHERE credit_note_id = \(note)
            ORDER BY line_no
            """, CreditNoteLine.init(row:))
    }
}

/// Which credit notes a list shows.
struct CreditNoteFilter: Sendable {
    var customer: CustomerID?
    var invoice: InvoiceID?
}
