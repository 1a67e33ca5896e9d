import BillingMath
import Foundation
package import Kernel
import Platform
package import Postgres
import Tenancy

extension Invoice {
    private static let columns: SQL =
        """
        invoices.id, invoices.customer_id, invoices.state, invoices.version, invoices.number,
        invoices.currency, invoices.service_on, invoices.issued_on, invoices.due_on, invoices.net_minor,
        invoices.tax_minor, invoices.gross_minor, invoices.settled_minor, invoices.line_count,
        invoices.tax_rounding, invoices.recorded_at, invoices.purchase_order_number, invoices.notes,
        invoices.payment_terms_days, invoices.replaces_id
        """

    init(row: Row) throws {
        id = try row["id"]
        customer = try row["customer_id"]
        state = try row["state"]
        version = try row["version"]
        number = try row["number"]
        currency = try row["currency"]
        serviceOn = try row["service_on"]
        issuedOn = try row["issued_on"]
        dueOn = try row["due_on"]
        netMinor = try row["net_minor"]
        taxMinor = try row["tax_minor"]
        grossMinor = try row["gross_minor"]
        settledMinor = try row["settled_minor"]
        lineCount = try row["line_count"]
        taxRounding = try row["tax_rounding"]
        recordedAt = try row["recorded_at"]
        remarks = InvoiceRemarks(
            purchaseOrderNumber: try row["purchase_order_number"], notes: try row["notes"],
            paymentTermsDays: try row["payment_terms_days"])
        replaces = try row["replaces_id"]
    }

    package static func find(_ id: InvoiceID, in tx: Transaction) async throws -> Invoice? {
        try await tx.first("SELECT \(columns) FROM invoices WHERE id = \(id)", Invoice.init(row:))
    }

    /// Locks the row: what is decided by the state and the lines must stay right until commit.
    static func lock(_ id: InvoiceID, in tx: Transaction) async throws -> Invoice? {
        try await tx.first("SELECT \(columns) FROM invoices WHERE id = \(id) FOR UPDATE", Invoice.init(row:))
    }

    /// The same of many, the oldest first, which is the one order for all who do.
    static func lock(_ ids: [InvoiceID], in tx: Transaction) async throws -> [Invoice] {
        try await tx.all(
            "SELECT \(columns) FROM invoices WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE",
            Invoice.init(row:))
    }

    static func customer(of id: InvoiceID) -> SQL {
        "SELECT customer_id FROM invoices WHERE id = \(id)"
    }

    /// What a customer's user sees of the documents of its customer: a draft is none yet, and may be wrong.
    private static func shown(to scope: TenantScope) -> SQL {
        scope.customer == nil ? "TRUE" : "invoices.state <> 'draft'"
    }

    /// The newest first, with their customers: fifty are found before any customer is looked for. Joined
    /// without that, the planner may read the tenant's invoices customer by customer and sort them all.
    static func list(
        _ filter: InvoiceFilter, _ page: PageRequest, _ scope: TenantScope
    ) throws -> SQL {
        let last = try page.cursor.map { try ListCursor($0).id }
        let place = ListPlace.newest(of: filter.customer ?? scope.customer, in: filter.state, behind: last)
        return """
            SELECT \(columns), \(Addressee.columns)
            FROM (
                SELECT tenant_id, \(columns) FROM invoices
                WHERE \(shown(to: scope)) AND \(place)
                LIMIT \(page.limit + 1)
            ) AS invoices
            JOIN customers ON customers.tenant_id = invoices.tenant_id AND customers.id = invoices.customer_id
            ORDER BY invoices.id DESC
            """
    }

    /// An invoice with everything that stands on it: lines, credit notes, and the invoice itself.
    static func document(_ id: InvoiceID, _ scope: TenantScope) -> [SQL] {
        [
            InvoiceLine.all(of: id), CreditNote.all(of: id),
            """
            SELECT \(columns), \(Addressee.columns), invoices.taxes, invoices.buyer,
                seller_snapshots.content AS seller
            FROM invoices
            JOIN customers ON customers.tenant_id = invoices.tenant_id AND customers.id = invoices.customer_id
            LEFT JOIN seller_snapshots
                ON seller_snapshots.tenant_id = invoices.tenant_id
                    AND seller_snapshots.id = invoices.seller_id
            WHERE invoices.id = \(id) AND \(shown(to: scope))
            """,
        ]
    }
}

extension InvoiceDocument {
    /// Of what `Invoice.document` was answered; nil when there is no such invoice.
    init?(_ answers: [Rows]) throws {
        guard let row = answers[2].first else { return nil }
        invoice = try Invoice(row: row)
        addressee = try Addressee(row: row)
        lines = try answers[0].map(InvoiceLine.init(row:))
        taxGroups = try TaxRecord.groups(row["taxes"])
        seller = try (row["seller"] as JSONText?)?.decode()
        buyer = try (row["buyer"] as JSONText?)?.decode()
        creditNotes = try answers[1].map(CreditNote.init(row:))
    }
}

extension ListedInvoice {
    init(row: Row) throws {
        invoice = try Invoice(row: row)
        addressee = try Addressee(row: row)
    }
}

// What changes an invoice. The caller has locked it, and knows by its state that the change is allowed.
extension Invoice {
    /// Writes a new draft with its lines. Throws `unknownCustomer`.
    func insertDraft(_ lines: TaxedLines, in tx: Transaction) async throws {
        let invoice: SQL = """
            INSERT INTO invoices (tenant_id, id, customer_id, state, version, currency, service_on, net_minor,
                tax_minor, gross_minor, line_count, tax_rounding, taxes, recorded_at, purchase_order_number,
                notes, payment_terms_days)
            VALUES (\(tx.scope.tenant), \(id), \(customer), 'draft', \(Int32(version)), \(currency),
                \(serviceOn), \(netMinor), \(taxMinor), \(grossMinor), \(Int32(lineCount)), \(taxRounding),
                \(JSONText(lines.totals.record)), \(recordedAt), \(remarks.purchaseOrderNumber),
                \(remarks.notes),
                \(remarks.paymentTermsDays.map(Int32.init)))
            """
        try await refusing(InvoicingProblem.byConstraint) {
            _ = try await tx.pipeline([invoice, lines.insertion(for: self, tenant: tx.scope.tenant)])
        }
    }

    /// Gives a draft other lines, the totals that they add up to, and what stands beside them.
    func replaceLines(by lines: TaxedLines, _ head: InvoiceHead, in tx: Transaction) async throws {
        let totals: SQL = """
            UPDATE invoices
            SET \(lines.assignments), version = version + 1, service_on = \(head.serviceOn),
                purchase_order_number = \(head.remarks.purchaseOrderNumber), notes = \(head.remarks.notes),
                payment_terms_days = \(head.remarks.paymentTermsDays.map(Int32.init))
            WHERE id = \(id)
            """
        try await refusing(InvoicingProblem.byConstraint) {
            _ = try await tx.pipeline([
                InvoiceLine.deletion(of: id), lines.insertion(for: self, tenant: tx.scope.tenant), totals,
            ])
        }
    }

    /// Deletes drafts, their lines first.
    static func delete(_ ids: [InvoiceID], in tx: Transaction) async throws {
        try await refusing(InvoicingProblem.byConstraint) {
            _ = try await tx.pipeline([
                "DELETE FROM invoice_lines WHERE invoice_id = ANY(\(ids))",
                "DELETE FROM invoices WHERE id = ANY(\(ids))",
            ])
        }
    }

    /// Gives a draft its number and its final lines and issues it. Like every statement that takes numbers,
    /// the last before commit.
    func issue(_ lines: TaxedLines, _ issuance: Issuance, buyer: JSONText) -> [SQL] {
        let series = issuance.invoiceNumbers
        let invoice: SQL = """
            WITH block AS (
                \(series.block(of: 1, tenant: issuance.tenant))
            )
            UPDATE invoices
            SET \(lines.assignments), state = \(State.issued(grossMinor: lines.totals.grossMinor)),
                version = version + 1, number = \(series.number), sequence = taken.sequence,
                sequence_year = \(series.year), issued_on = \(issuance.issuedOn),
                due_on = \(issuance.dueOn(serviceOn: serviceOn, paymentTermsDays: lines.paymentTermsDays)),
                payment_terms_days = \(Int32(lines.paymentTermsDays)), seller_id = \(issuance.seller),
                buyer = \(buyer)
            FROM (SELECT first FROM block) AS taken (sequence)
            WHERE id = \(id)
            """
        return [InvoiceLine.deletion(of: id), lines.insertion(for: self, tenant: issuance.tenant), invoice]
    }
}

extension TaxedLines {
    func insertion(for invoice: Invoice, tenant: TenantID) -> SQL {
        var columns = LineColumns()
        columns.append(lines, of: invoice.id, customer: invoice.customer)
        return columns.insertion(tenant: tenant)
    }

    /// What an invoice knows of its lines, for the SET of an UPDATE.
    fileprivate var assignments: SQL {
        """
        net_minor = \(totals.netMinor), tax_minor = \(totals.taxMinor), gross_minor = \(totals.grossMinor), \
        line_count = \(Int32(lines.count)), tax_rounding = \(rounding), \
        taxes = \(JSONText(totals.record))
        """
    }
}

/// Which invoices a list shows.
struct InvoiceFilter: Sendable {
    var state: Invoice.State?
    var customer: CustomerID?
}
