import Testing

@testable import Postgres

@Suite("Migrating", .timeLimit(.minutes(2)))
struct MigratorTests {
    private let database: TestDatabase
    private let migrator: Migrator
    private let first = Migration(
        number: 1, name: "numbers", sql: "CREATE TABLE numbers (n int8); INSERT INTO numbers VALUES (1);")
    private let second = Migration(number: 2, name: "more", sql: "INSERT INTO numbers VALUES (2);")

    init() async throws {
        database = try await TestDatabase.new()
        migrator = Migrator(owner: database.owner, logger: Shop.quiet)
    }

    private func numbers() async throws -> [Int] {
        try await Connection.open(database.owner).all("SELECT n FROM numbers ORDER BY n") { try $0[0] }
    }

    @Test("A fresh database gets all in order, once")
    func fresh() async throws {
        #expect(try await migrator.pending([second, first]) == [first, second])
        #expect(try await migrator.migrate([second, first]) == [first, second])
        #expect(try await migrator.migrate([first, second]) == [])
        #expect(try await migrator.pending([first, second]) == [])
        #expect(try await numbers() == [1, 2])
        let third = Migration(number: 3, name: "third", sql: "INSERT INTO numbers VALUES (3)")
        #expect(try await migrator.pending([first, second, third]) == [third])
        #expect(try await migrator.migrate([first, second, third]) == [third])
        let owner: String? = try await Connection.open(database.owner).first(
            "SELECT tableowner FROM pg_tables WHERE tablename = 'mpanel_migrations'"
        ) { try $0[0] }
        #expect(owner == "mpanel_owner")
    }

    @Test("An edited, a missing, a late and a doubled migration are refused before anything runs")
    func refusals() async throws {
        _ = try await migrator.migrate([first, second])
        let edited = Migration(number: 1, name: "numbers", sql: first.sql + " ")
        let third = Migration(number: 3, name: "third", sql: "INSERT INTO numbers VALUES (3)")
        await #expect(throws: MigrationError.edited(number: 1, name: "numbers")) {
            try await migrator.migrate([edited, second, third])
        }
        await #expect(throws: MigrationError.missing(number: 1, name: "numbers")) {
            try await migrator.migrate([second, third])
        }
        await #expect(throws: MigrationError.duplicate(number: 2)) {
            try await migrator.migrate([first, second, second])
        }
        let zero = Migration(number: 0, name: "late", sql: "SELECT 1")
        await #expect(throws: MigrationError.tooLate(number: 0, name: "late")) {
            try await migrator.pending([zero, first, second, third])
        }
        #expect(try await numbers() == [1, 2])
    }

    @Test("A database that is ahead is left alone: an older version steps back onto it")
    func ahead() async throws {
        _ = try await migrator.migrate([first, second])
        #expect(try await migrator.migrate([first]) == [])
    }

    @Test("A migration that fails is undone whole; those before it stay")
    func failing() async throws {
        let bad = Migration(number: 2, name: "bad", sql: "INSERT INTO numbers VALUES (9);\nSELECT oops;")
        let error = await #expect(throws: MigrationError.self) { try await migrator.migrate([first, bad]) }
        #expect(error?.description.contains("2 bad") == true && error?.description.contains("line 2") == true)
        #expect(try await numbers() == [1])
        #expect(try await migrator.migrate([first, second]) == [second])
    }

    @Test("A migration that commits by itself is refused")
    func committing() async throws {
        let bad = Migration(number: 2, name: "bad", sql: "COMMIT;")
        await #expect(throws: MigrationError.endsItsTransaction(number: 2, name: "bad")) {
            try await migrator.migrate([first, bad])
        }
        #expect(try await migrator.pending([first, second]) == [second])
    }

    @Test("Of many that migrate at once, each migration is applied by one")
    func together() async throws {
        let migrations = (1...10).map { number in
            Migration(
                number: number, name: "m\(number)", sql: "CREATE TABLE t\(number) (); SELECT pg_sleep(0.01)")
        }
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for _ in 0..<4 {
                group.addTask { [migrator] in try await migrator.migrate(migrations) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted { $0.number < $1.number } == migrations)
    }

    @Test("A migration that cannot get its lock gives way and tries again")
    func locked() async throws {
        _ = try await migrator.migrate([first])
        let reader = try await Connection.open(database.owner)
        try await reader.execute(script: "BEGIN; SELECT * FROM numbers")
        let alter = Migration(
            number: 2, name: "alter", sql: "SET LOCAL lock_timeout = '50ms'; ALTER TABLE numbers ADD m int8")
        let migrating = Task { [migrator] in try await migrator.migrate([first, alter]) }
        let watcher = try await Connection.open(database.superuser)
        let hasFailedOnce = try await eventually {
            try await watcher.first(
                """
                SELECT count(*) FROM pg_stat_activity WHERE query = 'ROLLBACK' AND datname = \
                current_database()
                """
            ) { try $0[0] as Int } == 1
        }
        #expect(hasFailedOnce)
        try await reader.execute(script: "COMMIT")
        #expect(try await migrating.value == [alter])
    }
}
