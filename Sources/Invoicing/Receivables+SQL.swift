package import Kernel
package import Postgres

/// What a tenant's customers owe in one currency, and how much of it after its due day. The ledger is the
/// truth; this is the sum of its open invoices.
package struct Receivables: Sendable {
    package let currency: String
    package let openInvoices: Int
    package let openMinor: Int64
    package let overdueInvoices: Int
    package let overdueMinor: Int64

    /// By currency. A sum that does not fit into 64 bits is the largest number that does.
    package static func read(on today: Day, in tx: Transaction) async throws -> [Receivables] {
        try await tx.all(
            """
            SELECT currency, count(*) AS open_invoices,
                LEAST(sum(gross_minor - settled_minor), \(Int64.max)::numeric)::bigint AS open_minor,
                count(*) FILTER (WHERE due_on < \(today)) AS overdue_invoices,
                LEAST(COALESCE(sum(gross_minor - settled_minor) FILTER (WHERE due_on < \(today)), 0),
                    \(Int64.max)::numeric)::bigint AS overdue_minor
            FROM invoices
            WHERE state = 'open'
            GROUP BY currency
            """
        ) { row in
            Receivables(
                currency: try row["currency"], openInvoices: try row["open_invoices"],
                openMinor: try row["open_minor"], overdueInvoices: try row["overdue_invoices"],
                overdueMinor: try row["overdue_minor"])
        }
    }
}
