import Kernel
import Testing

@testable import Postgres

@Suite("Reading rows")
struct RowTests {
    private let connection: Connection

    init() async throws {
        connection = try await Connection.open(TestDatabase.new().owner)
    }

    private func row(_ sql: SQL) async throws -> Row {
        try #require(try await connection.pipeline([sql])[0].first)
    }

    @Test("A column is found by name and by place")
    func names() async throws {
        let row = try await row("SELECT 1 AS a, 'two' AS \"B b\"")
        #expect(try row["a"] == 1 && row["B b"] == "two" && row[0] == 1 && row[1] == "two")
        let name = "a"
        #expect(try row[name] as Int? == 1)
    }

    @Test("A missing column throws its name")
    func missing() async throws {
        let row = try await row("SELECT 1 AS a")
        #expect(throws: ColumnError(column: "b", wanted: "Int", reason: .missing)) { try row["b"] as Int }
        #expect(throws: ColumnError(column: "A", wanted: "Int", reason: .missing)) { try row["A"] as Int }
        #expect(throws: ColumnError(column: "1", wanted: "Int", reason: .missing)) { try row[1] as Int }
        #expect(throws: ColumnError(column: "-1", wanted: "Int", reason: .missing)) { try row[-1] as Int }
    }

    @Test("NULL throws unless the type is optional")
    func null() async throws {
        let row = try await row(
            "SELECT NULL::int8 AS total, NULL::int8[] AS list, ARRAY[1::int8, NULL] AS holed")
        #expect(try row["total"] as Int? == nil && row["list"] as [Int]? == nil)
        #expect(throws: ColumnError(column: "total", wanted: "Int", reason: .null)) {
            try row["total"] as Int
        }
        #expect(throws: ColumnError(column: "list", wanted: "Array<Int>", reason: .null)) {
            try row["list"] as [Int]
        }
        #expect(throws: ColumnError(column: "holed", wanted: "Int", reason: .null)) {
            try row["holed"] as [Int]
        }
    }

    @Test("Another type throws, in both directions and for every width")
    func types() async throws {
        let row = try await row(
            """
            SELECT 1::int8 AS big, 'x' AS text, now() AS time, 1.5 AS exact, ARRAY[1, 2] AS list, \
            '{{1},{2}}'::int[] AS square
            """
        )
        #expect(throws: ColumnError(column: "big", wanted: "Int32", reason: .type(20))) {
            try row["big"] as Int32
        }
        #expect(throws: ColumnError(column: "big", wanted: "Instant", reason: .type(20))) {
            try row["big"] as Instant
        }
        #expect(throws: ColumnError(column: "text", wanted: "Int", reason: .type(25))) {
            try row["text"] as Int
        }
        #expect(throws: ColumnError(column: "time", wanted: "Int64", reason: .type(1184))) {
            try row["time"] as Int64
        }
        #expect(throws: ColumnError(column: "exact", wanted: "Int", reason: .type(1700))) {
            try row["exact"] as Int
        }
        #expect(throws: ColumnError(column: "list", wanted: "Int", reason: .type(1007))) {
            try row["list"] as Int
        }
        #expect(throws: ColumnError(column: "text", wanted: "Array<String>", reason: .type(25))) {
            try row["text"] as [String]
        }
        #expect(throws: ColumnError(column: "square", wanted: "Array<Int>", reason: .value)) {
            try row["square"] as [Int]
        }
        #expect(try row["list"] as [Int] == [1, 2])
    }

    @Test("Infinity is neither a day nor an instant")
    func infinity() async throws {
        let row = try await row("SELECT 'infinity'::date AS day, '-infinity'::timestamptz AS time")
        #expect(throws: ColumnError(column: "day", wanted: "Day", reason: .value)) { try row["day"] as Day }
        #expect(throws: ColumnError(column: "time", wanted: "Instant", reason: .value)) {
            try row["time"] as Instant
        }
    }

    @Test("The error names the column and never its content")
    func quiet() async throws {
        let row = try await row("SELECT 'secret' AS role")
        let error = #expect(throws: ColumnError.self) { try row["role"] as Role }
        #expect(error?.description.contains("role") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("Rows stay readable after their connection is gone")
    func outliving() async throws {
        let rows = try await Connection.open(TestDatabase.new().owner)
            .pipeline(["SELECT n, n::text AS t FROM generate_series(1, 1000) AS n"])[0]
        #expect(rows.count == 1000 && rows.affected == 1000)
        #expect(try rows.map { try $0["n"] as Int }.reduce(0, +) == 500_500)
        #expect(try rows.last?["t"] == "1000")
    }

    @Test("A wide row reads into a struct without help for the type checker")
    func wide() async throws {
        let row = try await row(
            """
            SELECT 1::int8 AS a, 'x' AS b, NULL::text AS c, true AS d, 'EUR' AS e, 5::int8 AS f, now() AS g,
                NULL::timestamptz AS h, current_date AS i, 'owner' AS j, 'CODE' AS k, gen_random_uuid()
                    AS l, NULL::uuid AS m
            """)
        let wide = Wide(
            a: try row["a"], b: try row["b"], c: try row["c"], d: try row["d"], e: try row["e"],
            f: try row["f"],
            g: try row["g"], h: try row["h"], i: try row["i"], j: try row["j"], k: try row["k"],
            l: try row["l"],
            m: try row["m"], n: try row["c"], o: try row["c"], p: try row["a"], q: try row["b"])
        #expect(
            wide.a == 1 && wide.j == .owner && wide.h == nil && wide.e.code == "EUR" && wide.f.micros == 5)
    }

    private struct Wide {
        let a: Int64, b: String, c: String?, d: Bool, e: Currency, f: Quantity, g: Instant, h: Instant?,
            i: Day
        let j: Role, k: Code, l: ProductID, m: ProductID?, n: Role?, o: Code?, p: Int?, q: String?
    }
}
