import Foundation
import Kernel
import Testing

@testable import Postgres

@Suite("One connection", .timeLimit(.minutes(2)))
struct ConnectionTests {
    private let database: TestDatabase

    init() async throws {
        database = try await TestDatabase.new()
    }

    @Test("An error in a pipeline stops it, undoes it and leaves the connection usable")
    func pipelineError() async throws {
        let connection = try await Connection.open(database.owner)
        try await connection.execute(script: "CREATE TABLE numbers (n int8 PRIMARY KEY)")
        let error = await #expect(throws: PostgresError.self) {
            try await connection.pipeline([
                "INSERT INTO numbers VALUES (\(1))", "INSERT INTO numbers VALUES (\(1))",
                "INSERT INTO numbers VALUES (\(2))",
            ])
        }
        #expect(error == PostgresError(sqlState: "23505", constraint: "numbers_pkey", table: "numbers"))
        #expect(error?.isUniqueViolation == true)
        let count: Int? = try await connection.first("SELECT count(*) FROM numbers") { try $0[0] }
        #expect(count == 0)
        #expect(connection.currentCondition == .idle)
    }

    @Test("An error shows neither values nor the server's words")
    func quietErrors() async throws {
        let connection = try await Connection.open(database.owner)
        let error = await #expect(throws: PostgresError.self) {
            try await connection.run("SELECT \("secret")::uuid")
        }
        var dumped = ""
        dump(error, to: &dumped)
        for text in ["\(error as Any)", String(reflecting: error), dumped] {
            #expect(!text.contains("secret"))
        }
        #expect(error.map { "\($0)" } == "")
        #expect(error.map { String(reflecting: $0) } == "PostgreSQL 22P02")
    }

    @Test("A pipeline far larger than all buffers, both ways, does not stand still")
    func largePipeline() async throws {
        let connection = try await Connection.open(database.owner)
        let large = String(repeating: "x", count: 1_000_000)
        let results = try await connection.pipeline(
            (0..<40).map { "SELECT \(large) AS text, \($0) AS number" })
        #expect(results.count == 40)
        #expect(
            try results.enumerated().allSatisfy { number, rows in
                try rows[0]["number"] == number && (rows[0]["text"] as String).utf8.count == 1_000_000
            })
    }

    @Test("A connection keeps only so many statements, and those that it dropped still work")
    func eviction() async throws {
        var settings = database.owner
        settings.preparedStatements = 4
        let connection = try await Connection.open(settings)
        for _ in 0..<2 {
            for number in 0..<20 {
                let found: Int? = try await connection.first("SELECT \(number) AS n\(unsafe: "\(number)")") {
                    try $0[0]
                }
                #expect(found == number)
            }
        }
        // In one pipeline too, where several are dropped before the first was answered.
        let rows = try await connection.pipeline((0..<20).map { "SELECT \($0) AS m\(unsafe: "\($0)")" })
        #expect(try rows.map { try $0[0][0] as Int } == Array(0..<20))
        _ = try await connection.pipeline(["SELECT 1"])
        let kept: Int? = try await connection.first("SELECT count(*) FROM pg_prepared_statements") {
            try $0[0]
        }
        #expect(try #require(kept) <= 5)
    }

    @Test("Statements that fail to be parsed leave nothing behind")
    func failedPrepare() async throws {
        var settings = database.owner
        settings.preparedStatements = 2
        let connection = try await Connection.open(settings)
        for number in 0..<10 {
            await #expect(throws: PostgresError(sqlState: "42703")) {
                try await connection.pipeline([
                    "SELECT nothing\(unsafe: "\(number)")", "SELECT \(number)", "SELECT 1",
                ])
            }
            #expect(try await connection.first("SELECT \(number)") { try $0[0] as Int } == number)
        }
    }

    @Test("The same text with values of other types is another statement")
    func typesOfBinds() async throws {
        let connection = try await Connection.open(database.owner)
        for _ in 0..<2 {
            #expect(try await connection.first("SELECT \(5)") { try $0[0] as Int } == 5)
            #expect(try await connection.first("SELECT \("five")") { try $0[0] as String } == "five")
            #expect(
                try await connection.first("SELECT \(Instant(microseconds: 5))") { try $0[0] }
                    == Instant(microseconds: 5))
        }
    }

    @Test("Without prepared statements the server keeps none")
    func unprepared() async throws {
        var settings = database.owner
        settings.preparedStatements = 0
        let connection = try await Connection.open(settings)
        for _ in 0..<2 { #expect(try await connection.first("SELECT \(5)") { try $0[0] as Int } == 5) }
        #expect(
            try await connection.first("SELECT count(*) FROM pg_prepared_statements") { try $0[0] as Int }
                == 0)
    }

    @Test("A statement that takes too long is ended, and is not mistaken for a cancelled task")
    func statementLimit() async throws {
        var settings = database.owner
        settings.statementLimit = .milliseconds(100)
        let connection = try await Connection.open(settings)
        await #expect(throws: PostgresError(sqlState: "57014")) {
            try await connection.run("SELECT pg_sleep(30)")
        }
        #expect(try await connection.first("SELECT 1") { try $0[0] as Int } == 1)
    }

    @Test("Every connection begins with its limits, UTC and UTF-8")
    func settings() async throws {
        let connection = try await Connection.open(database.app)
        let names = [
            "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone",
            "client_encoding",
            "application_name",
        ]
        let values: [String] = try await connection.all(
            """
            SELECT current_setting(name) AS value
            FROM unnest(\(names)) WITH ORDINALITY AS u (name, n) ORDER BY n
            """
        ) { try $0["value"] }
        #expect(values == ["30s", "5s", "30s", "UTC", "UTF8", "mpanel"])
    }

    @Test("A statement that libpq would cut at a NUL, or with too many values, is refused unsent")
    func unsendable() async throws {
        let connection = try await Connection.open(database.owner)
        await #expect(throws: PostgresError(sqlState: "54000")) { try await connection.run("SELECT 1\0 + 1") }
        var many = SQL.StringInterpolation(literalCapacity: 0, interpolationCount: 70_000)
        for number in 0..<70_000 { many.appendInterpolation(number) }
        let tooMany = SQL(stringInterpolation: many)
        await #expect(throws: PostgresError(sqlState: "54000")) { try await connection.run(tooMany) }
        #expect(try await connection.first("SELECT 1") { try $0[0] as Int } == 1)
    }

    @Test("A script runs many statements, all or none, and its error names the line")
    func scripts() async throws {
        let connection = try await Connection.open(database.owner)
        try await connection.execute(
            script: "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2); SELECT * FROM a;")
        let error = await #expect(throws: ScriptError.self) {
            try await connection.execute(script: "INSERT INTO a VALUES (3);\nINSERT INTO a\nVALUES (oops);")
        }
        #expect(error?.sqlState == "42703" && error?.line == 3)
        #expect(try await connection.first("SELECT count(*) FROM a") { try $0[0] as Int } == 2)
    }

    @Test("COPY takes text and binary of any length and reports its errors")
    func copying() async throws {
        let connection = try await Connection.open(database.owner)
        try await connection.execute(script: "CREATE TABLE lines (n int8, t text)")
        let text = (0..<100_000).map { "\($0)\tline number \($0)\n" }.joined()
        #expect(try await connection.copy("COPY lines FROM STDIN", from: Array(text.utf8)) == 100_000)
        #expect(try await connection.copy("COPY lines FROM STDIN", from: []) == 0)
        #expect(
            try await connection.first("SELECT sum(n)::int8 FROM lines") { try $0[0] as Int } == 4_999_950_000
        )

        var binary = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)
        binary += [0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(try await connection.copy("COPY lines FROM STDIN (FORMAT binary)", from: binary) == 1)

        await #expect(throws: ScriptError.self) {
            try await connection.copy("COPY lines FROM STDIN", from: Array("x\ty\n".utf8))
        }
        await #expect(throws: ScriptError.self) {
            try await connection.copy("COPY nothing FROM STDIN", from: [])
        }
        #expect(
            try await connection.first("SELECT count(*) FROM lines WHERE t IS NULL") { try $0[0] as Int } == 1
        )
    }
}
