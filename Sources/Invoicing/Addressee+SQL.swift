import Kernel
import Postgres

extension Addressee {
    static let columns: SQL =
        """
        customers.id AS addressee_id, customers.reference AS addressee_reference,
        COALESCE(customers.company_name, customers.name) AS addressee_name
        """

    init(row: Row) throws {
        id = try row["addressee_id"]
        reference = try row["addressee_reference"]
        name = try row["addressee_name"]
    }

    /// The customers of a page. Asked for by key and not joined: with a join the planner may read the
    /// tenant's invoices customer by customer and sort them all, to show fifty.
    static func find(_ ids: [CustomerID], in tx: Transaction) async throws -> [CustomerID: Addressee] {
        let found = try await tx.all(
            "SELECT \(columns) FROM customers WHERE id = ANY(\(Set(ids).map(\.uuid)))", Addressee.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }
}

extension [CustomerID: Addressee] {
    /// A document's foreign key sees to it that there is one.
    func require(_ id: CustomerID) throws -> Addressee {
        guard let addressee = self[id] else { throw Problem.notFound }
        return addressee
    }
}
