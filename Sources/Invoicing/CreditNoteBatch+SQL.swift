import Kernel
import Ledger
import Platform
package import Postgres

extension CreditNoteBatch {
    /// Everything that has to be written, in its order; nothing for an empty batch. The last statement takes
    /// a block of numbers, where workers of one tenant queue until commit, and returns `id` and `number` of
    /// each note: send what else the transaction writes before it. Whoever issues invoices as well sends
    /// those behind it, so that no two ever wait for each other's numbers.
    ///
    /// Their constraints mean what `InvoicingProblem.byConstraint` says.
    package var statements: [SQL] {
        guard count > 0 else { return [] }
        var statements = [settlements.update]
        // A cancelled total of zero posts nothing.
        if !posted.isEmpty {
            statements.append(
                Posting.insertion(of: posted, tenant: issuance.tenant, at: issuance.recordedAt))
        }
        statements.append(
            Event.insertion(
                of: happened, tenant: issuance.tenant, trace: trace, at: issuance.recordedAt))
        statements.append(lineColumns.insertion(tenant: issuance.tenant))
        statements.append(notes)
        return statements
    }

    /// The buyer is who was billed.
    private var notes: SQL {
        let series = issuance.creditNoteNumbers
        let columns = noteColumns
        return """
            WITH block AS (
                \(series.block(of: count, tenant: issuance.tenant))
            )
            INSERT INTO credit_notes (tenant_id, id, customer_id, invoice_id, number, sequence, sequence_year,
                currency, issued_on, reason, net_minor, tax_minor, gross_minor, line_count, taxes, seller_id,
                buyer, recorded_at)
            SELECT \(issuance.tenant), note.id, invoices.customer_id, invoices.id, \(series.number),
                taken.sequence, \(series.year), invoices.currency, \(issuance.issuedOn), note.reason,
                note.net_minor, note.tax_minor, note.gross_minor, note.line_count, note.taxes,
                \(issuance.seller), invoices.buyer, \(issuance.recordedAt)
            FROM block,
                unnest(\(columns.id), \(columns.invoice), \(columns.reason), \(columns.netMinor),
                    \(columns.taxMinor), \(columns.grossMinor), \(columns.lineCount), \(columns.taxes))
                    WITH ORDINALITY AS note (id, invoice_id, reason, net_minor, tax_minor, gross_minor,
                        line_count, taxes, place),
                LATERAL (SELECT block.first + note.place - 1) AS taken (sequence),
                invoices
            WHERE invoices.id = note.invoice_id AND invoices.id = ANY(\(settlements.invoice))
            RETURNING id, number
            """
    }
}

extension SettlementColumns {
    /// By ANY as well, so that the planner, which does not know how many these are, looks them up by key.
    var update: SQL {
        """
        UPDATE invoices
        SET settled_minor = invoices.settled_minor + settlement.minor, state = settlement.state,
            version = settlement.version
        FROM unnest(\(invoice), \(settledMinor), \(state), \(version))
            AS settlement (invoice_id, minor, state, version)
        WHERE invoices.id = settlement.invoice_id AND invoices.id = ANY(\(invoice))
        """
    }
}

extension CreditNoteLineColumns {
    func insertion(tenant: TenantID) -> SQL {
        """
        INSERT INTO credit_note_lines (tenant_id, credit_note_id, line_no, customer_id, invoice_line_no,
            description, net_minor, tax_minor, tax_rate_ppm, tax_category, taxes, period_start, period_end,
            explanation, quantity_micros)
        SELECT \(tenant), credit_note_id, line_no, customer_id, invoice_line_no, description, net_minor,
            tax_minor, tax_rate_ppm, tax_category, taxes, period_start, period_end, explanation,
            quantity_micros
        FROM unnest(\(note), \(number), \(customer), \(invoiceLine), \(description), \(netMinor), \(taxMinor),
            \(taxRatePPM), \(taxCategory), \(taxes), \(periodStart), \(periodEnd), \(explanation),
            \(quantity))
            AS line (credit_note_id, line_no, customer_id, invoice_line_no, description, net_minor, tax_minor,
                tax_rate_ppm, tax_category, taxes, period_start, period_end, explanation,
                quantity_micros)
        """
    }
}
