import BillingMath
import Kernel
import Platform
import Postgres

extension InvoiceLine {
    init(row: Row) throws {
        number = try row["line_no"]
        description = try row["description"]
        quantity = try row["quantity_micros"]
        unitPriceMinor = try row["unit_price_minor"]
        discountMinor = try row["discount_minor"]
        netMinor = try row["net_minor"]
        taxMinor = try row["tax_minor"]
        taxRate = try TaxRate(row: row)
        taxClass = try row["tax_class"]
        taxCategory = try row["tax_category"]
        taxes = try TaxRecord.components(row["taxes"])
        periodStart = try row["period_start"]
        periodEnd = try row["period_end"]
        source = try row["source"]
        product = try row["product_id"]
        explanation = try row["explanation"]
    }

    private static let columns: SQL =
        """
        line_no, description, quantity_micros, unit_price_minor, discount_minor, net_minor, tax_minor,
        tax_rate_ppm, tax_class, tax_category, taxes, period_start, period_end, source, product_id,
        explanation
        """

    /// Of drafts, invoice by invoice, as a person wrote them.
    static func drafts(
        of invoices: [InvoiceID], in currency: Currency, _ tx: Transaction
    ) async throws -> [DraftLine] {
        let lines = try await tx.all(
            """
            SELECT \(columns) FROM invoice_lines
            WHERE invoice_id = ANY(\(invoices))
            ORDER BY invoice_id, line_no
            """, InvoiceLine.init(row:))
        return lines.map { DraftLine($0, in: currency) }
    }

    static func all(of invoice: InvoiceID) -> SQL {
        """
        SELECT \(columns)
        FROM invoice_lines
        WHERE invoice_id = \(invoice)
        ORDER BY line_no
        """
    }

    static func deletion(of invoice: InvoiceID) -> SQL {
        "DELETE FROM invoice_lines WHERE invoice_id = \(invoice)"
    }
}

extension TaxRate {
    /// Of a line's `tax_rate_ppm`.
    init(row: Row) throws {
        guard let rate = TaxRate(ratePPM: try row["tax_rate_ppm"]) else { throw TaxRateError.outOfRange }
        self = rate
    }
}

extension TaxRecord {
    /// Of a line's `taxes`.
    static func components(_ stored: JSONText?) throws -> [Component]? {
        try stored?.decode()
    }

    /// Of a document's `taxes`.
    static func groups(_ stored: JSONText?) throws -> [Group]? {
        try stored?.decode()
    }
}
