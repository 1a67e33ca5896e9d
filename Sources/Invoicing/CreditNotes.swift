import Kernel
import Postgres

/// The verbs on credit notes. They are made by voiding an invoice and never change.
package struct CreditNotes: Sendable {
    private let database: Database

    init(database: Database) {
        self.database = database
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
