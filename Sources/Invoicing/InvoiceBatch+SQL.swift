import Kernel
import Ledger
import Platform
package import Postgres

extension InvoiceBatch {
    /// The lines, before the invoices: those are checked to have all that they count.
    package var lines: SQL {
        lineColumns.insertion(tenant: issuance.tenant)
    }

    /// Nil when there is nothing to post, because every total is zero.
    package var postings: SQL? {
        posted.isEmpty
            ? nil : Posting.insertion(of: posted, tenant: issuance.tenant, at: issuance.recordedAt)
    }

    /// `invoice.issued` for each, and `invoice.paid` for a total of zero.
    package var events: SQL {
        Event.insertion(of: happened, tenant: issuance.tenant, at: issuance.recordedAt)
    }

    /// Takes a block of numbers and writes the invoices with them, in the order in which they were added. The
    /// last statement before commit. Returns `id` and `number` of each.
    package var invoices: SQL {
        let series = issuance.invoiceNumbers
        let columns = invoiceColumns
        return """
            WITH block AS (
                \(series.block(of: count, tenant: issuance.tenant))
            )
            INSERT INTO invoices (tenant_id, id, customer_id, state, version, number, sequence, sequence_year,
                currency, service_on, issued_on, due_on, net_minor, tax_minor, gross_minor, line_count,
                tax_rounding, seller_id, buyer, recorded_at, payment_terms_days,
                purchase_order_number, notes, replaces_id, taxes)
            SELECT \(issuance.tenant), id, customer_id, state, 1, \(series.number), sequence, \(series.year),
                currency, service_on, \(issuance.issuedOn), due_on, net_minor, tax_minor, gross_minor,
                line_count, tax_rounding, \(issuance.seller), buyer, \(issuance.recordedAt),
                payment_terms_days, purchase_order_number, notes, replaces_id, taxes
            FROM block,
                unnest(\(columns.id), \(columns.customer), \(columns.state), \(columns.currency),
                    \(columns.serviceOn), \(columns.dueOn), \(columns.netMinor), \(columns.taxMinor),
                    \(columns.grossMinor), \(columns.lineCount), \(columns.taxRounding), \(columns.buyer),
                    \(columns.paymentTermsDays), \(columns.purchaseOrderNumber), \(columns.notes),
                    \(columns.replaces), \(columns.taxes))
                    WITH ORDINALITY AS invoice (id, customer_id, state, currency, service_on, due_on,
                        net_minor, tax_minor, gross_minor, line_count, tax_rounding, buyer,
                        payment_terms_days, purchase_order_number, notes, replaces_id, taxes, place),
                LATERAL (SELECT block.first + invoice.place - 1) AS taken (sequence)
            RETURNING id, number
            """
    }
}

extension LineColumns {
    func insertion(tenant: TenantID) -> SQL {
        """
        INSERT INTO invoice_lines (tenant_id, invoice_id, line_no, customer_id, description, quantity_micros,
            unit_price_minor, discount_minor, net_minor, tax_minor, tax_rate_ppm, tax_class, tax_category,
            taxes, period_start, period_end, source, explanation, product_id)
        SELECT \(tenant), invoice_id, line_no, customer_id, description, quantity_micros,
            unit_price_minor, discount_minor, net_minor, tax_minor, tax_rate_ppm, tax_class, tax_category,
            taxes, period_start, period_end, source, explanation, product_id
        FROM unnest(\(invoice), \(number), \(customer), \(description), \(quantityMicros), \(unitPriceMinor),
            \(discountMinor), \(netMinor), \(taxMinor), \(taxRatePPM), \(taxClass), \(taxCategory), \(taxes),
            \(periodStart), \(periodEnd), \(source), \(explanation), \(product))
            AS line (invoice_id, line_no, customer_id, description, quantity_micros, unit_price_minor,
                discount_minor, net_minor, tax_minor, tax_rate_ppm, tax_class, tax_category, taxes,
                period_start,
                period_end, source, explanation, product_id)
        """
    }
}
