import Crypto
import Foundation
package import Logging

/// One numbered change of the schema. Once it has landed anywhere, its text never changes.
package struct Migration: Hashable, Sendable {
    /// From 1, in the order of application.
    package let number: Int
    package let name: String
    /// Any number of statements, without BEGIN and COMMIT: the migrator puts it into a transaction.
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    var checksum: String {
        SHA256.hash(data: Data(sql.utf8)).map { Int($0).hexadecimal }.joined()
    }
}

/// Brings a database's schema up to date, as the owner of its tables. Any number of processes may try at
/// once.
package struct Migrator: Sendable {
    /// How often a migration that could not get its locks within 5 seconds is tried again. Waiting longer
    /// would make every query on the table wait behind it.
    private static let repetitions = 3
    /// Any number that no other program on the database uses: the letters "mpanel".
    private static let lock = 0x6D70_616E_656C

    private let settings: PostgresSettings
    private let logger: Logger

    /// `owner` names the role that owns, or is to own, the tables.
    package init(owner: PostgresSettings, logger: Logger) {
        var settings = owner
        // A migration takes as long as it takes; only its waiting for locks is bounded.
        settings.statementLimit = .zero
        settings.idleInTransactionLimit = .zero
        settings.preparedStatements = 0
        self.settings = settings
        self.logger = logger
    }

    /// Applies what is missing, each migration in a transaction of its own, and returns what it applied.
    /// Throws a `MigrationError`, before anything is applied if the database's history and the given one
    /// disagree.
    package func migrate(_ migrations: [Migration]) async throws -> [Migration] {
        let connection = try await Connection.open(settings)
        try await connection.execute(script: "SET lock_timeout = 0")
        // Held until the connection closes. The second process waits here and then finds nothing to do.
        try await connection.run("SELECT pg_advisory_lock(\(Migrator.lock))")
        try await connection.execute(script: "SET lock_timeout = '5s'")
        try await connection.execute(script: Migrator.table)
        let pending = try MigrationHistory(migrations).pending(after: await applied(connection))
        for migration in pending {
            try await apply(migration, over: connection)
            logger.info("migrated", metadata: ["migration": "\(migration.number) \(migration.name)"])
        }
        return pending
    }

    /// What `migrate` would apply now; changes nothing. Throws a `MigrationError` as `migrate` does.
    package func pending(_ migrations: [Migration]) async throws -> [Migration] {
        let connection = try await Connection.open(settings)
        let exists = try await connection.first("SELECT to_regclass('mpanel_migrations') IS NOT NULL") {
            row in
            try row[0] as Bool
        }
        let applied = exists == true ? try await applied(connection) : []
        return try MigrationHistory(migrations).pending(after: applied)
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS mpanel_migrations (
            number integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """

    private func applied(_ connection: Connection) async throws -> [MigrationHistory.Applied] {
        try await connection.all("SELECT number, name, checksum FROM mpanel_migrations ORDER BY number") {
            row in
            MigrationHistory.Applied(
                number: try row["number"], name: try row["name"], checksum: try row["checksum"])
        }
    }

    private func apply(_ migration: Migration, over connection: Connection) async throws {
        for repetition in 0... {
            do {
                return try await applyOnce(migration, over: connection)
            } catch let error as ScriptError {
                try await connection.execute(script: "ROLLBACK")
                guard error.sqlState == "55P03", repetition < Migrator.repetitions else {
                    throw MigrationError.failed(number: migration.number, name: migration.name, error)
                }
                logger.notice("a migration waits for a lock", metadata: ["migration": "\(migration.number)"])
                try await Task.sleep(for: .seconds(1 << repetition))
            }
        }
    }

    private func applyOnce(_ migration: Migration, over connection: Connection) async throws {
        try await connection.execute(script: "BEGIN")
        try await connection.execute(script: migration.sql)
        guard connection.currentCondition == .inTransaction else {
            throw MigrationError.endsItsTransaction(number: migration.number, name: migration.name)
        }
        try await connection.run(
            """
            INSERT INTO mpanel_migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), \(migration.checksum))
            """)
        try await connection.execute(script: "COMMIT")
    }
}

extension Int {
    /// Two digits, for a byte.
    fileprivate var hexadecimal: String {
        (self < 16 ? "0" : "") + String(self, radix: 16)
    }
}
