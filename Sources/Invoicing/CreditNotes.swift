package import Kernel
package import Postgres
import Tenancy

/// The verbs on credit notes. They are made by hand, by voiding an invoice, or by whoever credits a part of
/// what it billed, and never change.
package struct CreditNotes: Sendable {
    let database: Database
    let tenants: Tenants

    init(database: Database, tenants: Tenants) {
        self.database = database
        self.tenants = tenants
    }

    func list(
        _ filter: CreditNoteFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<ListedCreditNote> {
        try await database.read(scope) { tx in
            let notes = try await CreditNote.list(filter, page, in: tx)
            let addressees = try await Addressee.find(notes.items.map(\.customer), in: tx)
            return try notes.map {
                ListedCreditNote(note: $0, addressee: try addressees.require($0.customer))
            }
        }
    }

    func read(_ id: CreditNoteID, _ scope: TenantScope) async throws -> CreditNoteDocument {
        try await database.read(scope) { tx in
            guard let document = try await CreditNote.document(id, in: tx) else { throw Problem.notFound }
            return document
        }
    }
}

// For whoever credits parts of invoices, in a transaction of its own:
//
//     try await Customer.hold(theOneOf: …, in: tx)
//     try await CreditNotes.lock(invoices, in: tx)
//     let notes = try await CreditNotes.plan(credits, in: tx)  // all that a preview does
//     var batch = CreditNoteBatch(issuance, trace: tx.trace)
//     for note in notes { batch.add(note) }
//     try await tx.pipeline(others + batch.statements)
extension CreditNotes {
    /// Locks the invoices until the transaction ends, so that what is planned after it still holds when it is
    /// written. Whoever calls it holds their customers first: a void does it in that order, too.
    package static func lock(_ invoices: [InvoiceID], in tx: Transaction) async throws {
        try await CreditableInvoice.lock(invoices, in: tx)
    }

    /// The notes with their tax, in the order of the credits; each takes of what those before it have left.
    /// Reads in one round trip, however many they are, and locks nothing.
    ///
    /// Throws `notFound` for an invoice that is not there, `wrongState` for one that is not issued or is void
    /// or uncollectible, `nothingToCredit` for an amount that is not above zero or a note without lines, and
    /// `creditTooLarge` for more than is left of a line or of its invoice, and for a line below zero.
    package static func plan(
        _ credits: [CreditToIssue], in tx: Transaction
    ) async throws -> [PlannedCreditNote] {
        if credits.isEmpty { return [] }
        var invoices = try await CreditableInvoice.find(credits.map(\.invoice), in: tx)
        return try credits.map { credit in
            guard var invoice = invoices[credit.invoice] else { throw Problem.notFound }
            let note = try invoice.plan(credit)
            invoices[credit.invoice] = invoice
            return note
        }
    }
}
