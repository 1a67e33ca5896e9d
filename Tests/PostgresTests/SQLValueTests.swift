import Foundation
import Kernel
import Testing

@testable import Postgres

@Suite("Values to PostgreSQL and back")
struct SQLValueTests {
    private let connection: Connection

    init() async throws {
        connection = try await Connection.open(TestDatabase.new().owner)
    }

    /// Each value alone, as an optional, in an array and in an array with NULLs, through the server and back.
    private func expectSame<Value: SQLValue & Equatable>(
        _ values: [Value], location: SourceLocation = #_sourceLocation
    ) async throws {
        for value in values {
            let same: Value? = try await connection.first("SELECT \(value)") { try $0[0] }
            #expect(same == value, sourceLocation: location)
        }
        let null: Value?? = try await connection.first("SELECT \(nil as Value?)") { try $0[0] as Value? }
        #expect(null == .some(nil), sourceLocation: location)
        let array: [Value]? = try await connection.first("SELECT \(values)") { try $0[0] }
        #expect(array == values, sourceLocation: location)
        let holed: [Value?] = [nil] + values.flatMap { [$0, nil] }
        let sameHoled: [Value?]? = try await connection.first("SELECT \(holed)") { try $0[0] }
        #expect(sameHoled == holed, sourceLocation: location)
        let empty: [Value]? = try await connection.first("SELECT \([] as [Value])") { try $0[0] }
        #expect(empty == [], sourceLocation: location)
    }

    @Test("Numbers and truth keep their extremes")
    func numbers() async throws {
        try await expectSame([true, false])
        try await expectSame([Int16.min, -1, 0, 1, .max])
        try await expectSame([Int32.min, -1, 0, 1, .max])
        try await expectSame([Int64.min, -1, 0, 1, .max])
        try await expectSame([Int.min, -1, 0, 1, .max])
        try await expectSame([Quantity(micros: .min), Quantity.one, Quantity(micros: .max)])
    }

    @Test("Text and bytes keep every character and every byte")
    func textAndBytes() async throws {
        try await expectSame([
            "", " ", "'; DROP TABLE things; --", "\\", "é漢🦊\n\t", String(repeating: "x", count: 70_000),
        ])
        try await expectSame([SQLBytes([]), SQLBytes(0...255), SQLBytes([0, 0])])
        try await expectSame([JSONText("{\"a\": [1, null, \"é\"]}"), JSONText("null")])
        try await expectSame([Currency("EUR"), Currency("JPY")].compactMap { $0 })
    }

    @Test("Ids, days and instants keep their extremes")
    func idsAndTimes() async throws {
        try await expectSame(
            [UUID(), UUID(uuidString: "00000000-0000-0000-0000-000000000000")].compactMap { $0 })
        try await expectSame([InvoiceID.new(), InvoiceID.new()])
        try await expectSame([Day.first, Day(daysSince1970: 0), Day(daysSince1970: 10_957), Day.last])
        try await expectSame(
            [-4_000_000_000_000_000, -1, 0, 1, 253_402_300_799_999_999].map(Instant.init(microseconds:)))
    }

    @Test("The server understands what we mean")
    func meaning() async throws {
        let day = try #require(Day("2024-02-29"))
        let instant = Instant(microseconds: 1_709_210_096_000_007)
        let id = try #require(UUID(uuidString: "01234567-89ab-cdef-0123-456789abcdef"))
        let text: String? = try await connection.first(
            """
            SELECT concat_ws(' ', \(day), to_char(\(instant), 'YYYY-MM-DD HH24:MI:SS.US'), \(id), \(-5),
                \(true), \(SQLBytes([0xDE, 0xAD])), \(JSONText("[1]")), \([1, nil, 3]), \(["a", nil]))
            """
        ) { try $0[0] }
        #expect(
            text == "2024-02-29 2024-02-29 12:34:56.000007 01234567-89ab-cdef-0123-456789abcdef -5 t"
                + " \\xdead [1] {1,NULL,3} {a,NULL}")
    }

    @Test("A day or an instant that PostgreSQL cannot hold is refused by it, never turned into infinity")
    func outOfRange() async throws {
        let limits: [Int32] = [.min, .min + 10_957, .min + 10_958]
        for least in limits {
            await #expect(throws: PostgresError.self) {
                _ = try await connection.all("SELECT \(Day(daysSince1970: least))") { try $0[0] as Day }
            }
        }
        await #expect(throws: PostgresError(sqlState: "22008")) {
            _ = try await connection.all("SELECT \(Instant(microseconds: .min))") { try $0[0] as Instant }
        }
    }

    @Test("jsonb, small integers, char(n) and names are read by the types that hold them")
    func widening() async throws {
        let row = try #require(
            try await connection.pipeline(
                [
                    """
                    SELECT '{\"a\": 1}'::jsonb, 1::int2, 2::int4, 'EUR'::char(3), 'n'::name, \
                    'v'::varchar(9), 'bare'
                    """
                ])[0].first)
        #expect(try row[0] == JSONText("{\"a\": 1}"))
        #expect(try row[1] as Int == 1 && row[1] as Int64 == 1 && row[1] as Int32 == 1)
        #expect(try row[2] as Int == 2)
        #expect(try row[3] == Currency("EUR"))
        #expect(try row[4] == "n" && row[5] == "v" && row[6] == "bare")
    }

    @Test("Field types and enumerations travel as text and are checked when they come back")
    func checkedText() async throws {
        let code = try #require(Code("VPS-1"))
        let row = try #require(
            try await connection.pipeline(
                [
                    """
                    SELECT \(code) AS code, \(Role.readOnly) AS role, \([code]) AS codes, \
                    \([Role.admin]) AS roles, \(nil as Code?) AS none
                    """
                ]
            )[0].first)
        #expect(try row["code"] == code && row["role"] == Role.readOnly)
        #expect(try row["codes"] == [code] && row["roles"] == [Role.admin])
        #expect(try row["none"] as Code? == nil && row["none"] as Role? == nil)
        #expect(throws: ColumnError(column: "role", wanted: "CheckedText<CountryCode>", reason: .value)) {
            try row["role"] as CountryCode
        }
        #expect(throws: ColumnError.self) { try row["code"] as Role }
    }

    @Test("Columns of thousands of elements go through unnest")
    func unnest() async throws {
        let numbers = (0..<5000).map { Int64($0) * 7_919 }
        let ids = (0..<5000).map { _ in UUID() }
        let names = (0..<5000).map { "name \($0)" }
        let days: [Day?] = (0..<5000).map { $0 % 3 == 0 ? nil : Day(daysSince1970: Int32($0)) }
        let row = try #require(
            try await connection.pipeline(
                [
                    """
                    SELECT count(*), sum(n)::int8 AS sum, count(DISTINCT i) AS ids, max(length(t))
                        AS longest, count(d) AS days
                    FROM unnest(\(numbers), \(ids), \(names), \(days)) AS u (n, i, t, d)
                    """
                ])[0].first)
        #expect(try row["count"] == 5000 && row["sum"] == numbers.reduce(0, +) && row["ids"] == 5000)
        #expect(try row["longest"] as Int == 9 && row["days"] as Int == days.count { $0 != nil })
    }
}
