import Kernel
package import Postgres
package import Tax
package import Tenancy
package import Web

/// The front door of invoicing: what customers owe, and what was taken back.
package struct Invoicing: Sendable {
    package let invoices: Invoices
    package let creditNotes: CreditNotes

    /// `releases` run in every transaction that voids an invoice; see `Invoices.Release`.
    package init(
        database: Database, tenants: Tenants, taxBooks: TaxBooks, releases: [Invoices.Release]
    ) {
        invoices = Invoices(
            database: database, tenants: tenants, taxBooks: taxBooks, releases: releases)
        creditNotes = CreditNotes(database: database)
    }

    package var endpoints: [Endpoint] {
        invoiceEndpoints + creditNoteEndpoints
    }
}

extension Permission {
    static let invoicingRead = Permission("invoicing", .read, reach: .customers)
    static let invoicingWrite = Permission("invoicing", .write)
}
