package import Postgres

extension Schema {
    /// How a database's schema stands to the one that this program was made for.
    package enum Fit: String, Codable, Sendable, CaseIterable {
        case current
        /// A newer version migrated it. This one serves it all the same.
        case ahead
        /// Migrations are missing, so statements would fail.
        case pending
    }

    /// Asks the database. Throws a `PostgresError` or `Problem.unavailable` when it does not answer.
    package static func fit(of database: SystemDatabase) async throws -> Fit {
        do {
            let applied = try await database.first("SELECT max(number) AS number FROM mpanel_migrations") {
                try $0["number"] as Int32?
            }
            let known = migrations.last?.number ?? 0
            let last = applied.flatMap { $0 }.map { Int($0) } ?? 0
            return last == known ? .current : last < known ? .pending : .ahead
        } catch let error as PostgresError where unreadable.contains(error.sqlState) {
            return .pending
        }
    }

    /// The table does not exist, or the system's role may not see it yet.
    private static let unreadable: Set = ["42P01", "42501"]
}
