import BillingMath
import Kernel
import Postgres

extension TaxRegistrationEntry {
    private static let columns: SQL =
        "id, country, region, number, scheme, valid_from, valid_through, version, recorded_at"

    init(row: Row) throws {
        id = try row["id"]
        number = try row["number"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
        registration = TaxRegistration(
            try row["country"], region: try row["region"], scheme: try row["scheme"],
            validity: try Validity(row: row))
    }

    static func find(_ id: TaxRegistrationID, in tx: Transaction) async throws -> TaxRegistrationEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_registrations WHERE id = \(id)", TaxRegistrationEntry.init(row:))
    }

    static func lock(_ id: TaxRegistrationID, in tx: Transaction) async throws -> TaxRegistrationEntry? {
        try await tx.first(
            "SELECT \(columns) FROM tax_registrations WHERE id = \(id) FOR UPDATE",
            TaxRegistrationEntry.init(row:))
    }

    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<TaxRegistrationEntry> {
        let condition: SQL = page.cursor.flatMap(TaxRegistrationID.init).map { "id > \($0)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM tax_registrations
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, TaxRegistrationEntry.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    static func all(in tx: Transaction) async throws -> [TaxRegistrationEntry] {
        try await tx.all(
            "SELECT \(columns) FROM tax_registrations ORDER BY id", TaxRegistrationEntry.init(row:))
    }

    static func count(in tx: Transaction) async throws -> Int {
        try await tx.first("SELECT count(*) AS registrations FROM tax_registrations") {
            try $0["registrations"]
        } ?? 0
    }

    func insert(in tx: Transaction) async throws {
        try await refusing(TaxProblem.byConstraint) {
            try await tx.run(
                """
                INSERT INTO tax_registrations (tenant_id, id, country, region, number, scheme, valid_from,
                    valid_through, version, recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(registration.country), \(registration.region),
                    \(number), \(registration.scheme), \(registration.validity.from),
                    \(registration.validity.through), \(Int32(version)), \(recordedAt))
                """)
        }
    }

    func ending(on day: Day?, in tx: Transaction) async throws -> TaxRegistrationEntry {
        let ended = try await refusing(TaxProblem.byConstraint) {
            try await tx.first(
                """
                UPDATE tax_registrations SET valid_through = \(day), version = version + 1
                WHERE id = \(id)
                RETURNING \(TaxRegistrationEntry.columns)
                """, TaxRegistrationEntry.init(row:))
        }
        guard let ended else { throw Problem.notFound }
        return ended
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM tax_registrations WHERE id = \(id)")
    }
}
