package import Kernel
package import Platform
package import Postgres
package import Tax
package import Tenancy
package import Web

/// The front door of invoicing: what customers owe, and what was taken back.
package struct Invoicing: Sendable {
    package let invoices: Invoices
    package let creditNotes: CreditNotes
    let batches: InvoiceJobs

    /// `releases` run in every transaction that voids an invoice, `transfers` in every one that issues
    /// another in its place; see `Invoices.Release` and `Invoices.Transfer`.
    package init(
        database: Database, tenants: Tenants, taxBooks: TaxBooks, clock: RealClock,
        releases: [Invoices.Release], transfers: [Invoices.Transfer]
    ) {
        invoices = Invoices(
            database: database, tenants: tenants, taxBooks: taxBooks, releases: releases, transfers: transfers
        )
        creditNotes = CreditNotes(database: database, tenants: tenants)
        batches = InvoiceJobs(database: database, invoices: invoices, clock: clock)
    }

    package var endpoints: [Endpoint] {
        invoiceEndpoints + creditNoteEndpoints + batchEndpoints
    }

    package var jobs: [JobDefinition] {
        [batches.job]
    }
}

extension Permission {
    static let invoicingRead = Permission("invoicing", .read, reach: .customers)
    static let batchesRead = Permission("batches", .read)
    /// What a credit would come to: nothing for a customer's user.
    static let creditsRead = Permission("credits", .read)
    static let invoicingWrite = Permission("invoicing", .write)
}
