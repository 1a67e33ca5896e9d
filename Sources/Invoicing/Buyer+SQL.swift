import Kernel
package import Postgres

extension Buyer {
    /// The snapshot of a row of `customers`, as an expression of a SELECT from that table under its own name:
    /// PostgreSQL writes the JSON, so a billing run carries it along as text.
    package static let snapshot: SQL =
        """
        json_strip_nulls(json_build_object('reference', customers.reference,
            'company_name', customers.company_name, 'name', customers.name, 'street', customers.street,
            'postal_code', customers.postal_code, 'city', customers.city, 'region', customers.region,
            'country', customers.country, 'tax_id', customers.tax_id))
        """

    /// Nil when there is no such customer.
    static func snapshot(of customer: CustomerID, in tx: Transaction) async throws -> JSONText? {
        try await tx.first("SELECT \(snapshot) AS buyer FROM customers WHERE id = \(customer)") {
            try $0["buyer"]
        }
    }
}
