import Foundation
import Invoicing
import Kernel
import Postgres

extension BilledTerm {
    /// Brings the terms that an invoice billed to the one that takes its place, line by line: they stay
    /// billed throughout, and no schedule moves. Those of lines that are left out are released.
    ///
    /// Throws `settled` when days of the invoice were given back, though nothing had been charged for them:
    /// what is left of such a term is told by the invoice that billed it.
    static func transfer(_ replaced: ReplacedInvoice, in tx: Transaction) async throws {
        let (former, note) = (replaced.invoice, replaced.creditNote)
        let credited = try await tx.first(
            """
            SELECT c.term_no
            FROM billed_terms AS b
            JOIN credited_terms AS c
                ON c.tenant_id = b.tenant_id AND c.item_id = b.item_id AND c.schedule_no = b.schedule_no
                    AND c.term_no = b.term_no AND c.invoice_id = b.invoice_id
            WHERE b.invoice_id = \(former)
            LIMIT 1
            """
        ) { try $0["term_no"] as Int32 }
        if credited != nil { throw InvoicingProblem.settled }
        let lines = replaced.lines.map { Int32($0.former) }
        _ = try await tx.pipeline([
            """
            UPDATE billed_terms
            SET released_by = \(note)
            WHERE invoice_id = \(former) AND released_by = \(notReleased) AND line_no = ANY(\(lines))
            """,
            """
            INSERT INTO billed_terms (tenant_id, item_id, schedule_no, term_no, kind, customer_id, starts_on,
                ends_on, invoice_id, line_no)
            SELECT b.tenant_id, b.item_id, b.schedule_no, b.term_no, b.kind, b.customer_id, b.starts_on,
                b.ends_on, \(replaced.replacement), moved.line_no
            FROM billed_terms AS b
            JOIN unnest(\(lines), \(replaced.lines.map { Int32($0.line) })) AS moved (former_no, line_no)
                ON moved.former_no = b.line_no
            WHERE b.invoice_id = \(former) AND b.released_by = \(note)
            """,
        ])
        try await release(former, by: note, in: tx)
    }
}
