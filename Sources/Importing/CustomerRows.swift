import Customers
import Kernel
import Postgres

/// customers.csv
struct CustomerRows: RowKind {
    struct Parsed: Sendable {
        let reference: Code
        let draft: Customers.Draft
    }

    static let name = "customers"
    static let columns = [
        "ref", "company", "contact_name", "email", "street", "postal_code", "city", "country", "currency",
        "tax_exempt",
    ]
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { \.customers }

    let customers: Customers

    func parse(_ cells: Cells) throws(CellRefusal) -> Parsed {
        let reference: Code = try cells.text("ref")
        let company: Text<1, 200>? = try cells.optional("company")
        let name: Text<1, 200> = try cells.text("contact_name")
        let email: EmailAddress = try cells.text("email")
        let address = Address(
            street: try cells.text("street"), postalCode: try cells.text("postal_code"),
            city: try cells.text("city"), country: try cells.text("country"))
        var draft = Customers.Draft(
            name: name, email: email, address: address, currency: try cells.currency("currency"))
        draft.reference = reference
        draft.companyName = company
        draft.isTaxExempt = try cells.flag("tax_exempt")
        return Parsed(reference: reference, draft: draft)
    }

    func key(of row: Parsed) -> String { row.reference.text }

    func write(_ rows: [Parsed], in tx: Transaction) async throws -> [CellRefusal?] {
        let taken = Set(
            try await Customer.find(references: rows.map(\.reference), in: tx).compactMap(\.reference))
        let free = rows.filter { !taken.contains($0.reference) }
        if !free.isEmpty { _ = try await customers.create(free.map(\.draft), in: tx) }
        return rows.map { row in
            taken.contains(row.reference)
                ? CellRefusal("ref", "belongs to a customer who was not imported from this file") : nil
        }
    }
}
