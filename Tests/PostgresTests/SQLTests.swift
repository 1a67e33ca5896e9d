import Foundation
import Kernel
import Testing

@testable import Postgres

@Suite("The SQL literal")
struct SQLTests {
    @Test("Values become placeholders in the order of the text")
    func placeholders() {
        let id = ProductID.new()
        let sql: SQL =
            "SELECT name FROM products WHERE id = \(id) AND position > \(7) AND state = \("active")"
        #expect(sql.text == "SELECT name FROM products WHERE id = $1 AND position > $2 AND state = $3")
        #expect(sql.binds.map(\.oid) == [2950, 20, 25])
    }

    @Test("Nothing that is interpolated ever lands in the text")
    func nothingLeaks() {
        var random = Seeded(seed: 42)
        let alphabet = Array("ab'\"\\$1;-- \n\u{0}é漢🦊")
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet.randomElement(using: &random)!
                })
            let optional: String? = Bool.random(using: &random) ? text : nil
            let inner: SQL = "x = \(text) OR y = \([text, text])"
            let sql: SQL = "SELECT \(text), \(optional) WHERE \(inner) AND \([optional])"
            #expect(sql.text == "SELECT $1, $2 WHERE x = $3 OR y = $4 AND $5", "for \(text.debugDescription)")
            #expect(sql.bound(0) == Array(text.utf8), "for \(text.debugDescription)")
            #expect(sql.bound(2) == Array(text.utf8), "for \(text.debugDescription)")
        }
    }

    @Test("A string literal in an interpolation is a value, not a piece of SQL", arguments: [true, false])
    func literalsBind(descending: Bool) {
        let sql: SQL = "SELECT \("DROP TABLE things") ORDER BY \(descending ? "a" : "b")"
        #expect(sql.text == "SELECT $1 ORDER BY $2")
    }

    @Test("Splicing renumbers placeholders, also nested and behind text that looks like one")
    func splicing() {
        let first: SQL = "a = \(1) AND note <> '$1'"
        let second: SQL = "(\(first) OR b IN (\(2), \(3)))"
        let sql: SQL = "SELECT \(0) WHERE \(second) AND \(first) AND é = \(4)"
        #expect(
            sql.text
                == """
                SELECT $1 WHERE (a = $2 AND note <> '$1' OR b IN ($3, $4)) AND a = $5 AND note <> \
                '$1' AND é = $6
                """
        )
        #expect((0..<6).map { sql.bound($0)?.last } == [0, 1, 2, 3, 1, 4])
    }

    @Test("Splicing renumbers when the numbers grow longer")
    func splicingManyValues() {
        let twelve = (0..<12).reduce("0" as SQL) { "\($0), \($1)" }
        let sql: SQL = "\(99), \(twelve), \(twelve)"
        let expected =
            "$1, 0, " + (2...13).map { "$\($0)" }.joined(separator: ", ")
            + ", 0, " + (14...25).map { "$\($0)" }.joined(separator: ", ")
        #expect(sql.text == expected)
    }

    @Test("An empty splice and raw text leave no placeholder")
    func emptyAndRaw() {
        let nothing: SQL = ""
        let sql: SQL = "SELECT 1 \(nothing)FROM \(unsafe: "things")"
        #expect(sql.text == "SELECT 1 FROM things")
        #expect(sql.binds.isEmpty)
    }

    @Test("Printing a statement shows its text and no value")
    func printing() {
        let sql: SQL = "SELECT \("secret")"
        var dumped = ""
        dump(sql, to: &dumped)
        for text in ["\(sql)", String(reflecting: sql), dumped] {
            #expect(text.contains("SELECT $1"))
            #expect(!text.contains("secret") && !text.contains("115"))
        }
    }

    @Test("NULL has the type of what is missing")
    func typedNull() {
        let day: Day? = nil
        let state: Role? = nil
        let sql: SQL = "SELECT \(day), \(state)"
        #expect(sql.binds.map(\.oid) == [1082, 25])
        #expect(sql.binds.allSatisfy { $0.length == -1 })
    }
}

extension SQL {
    /// The bytes of one placeholder; nil is NULL.
    func bound(_ index: Int) -> [UInt8]? {
        let bind = binds[index]
        return bind.length < 0 ? nil : Array(values.bytes[bind.start..<bind.start + bind.length])
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
