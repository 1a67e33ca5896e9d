import Foundation
import Kernel
import Testing

@testable import Web

@Suite("Answers as JSON")
struct WireWriterTests {
    private struct Everything: Codable, Sendable {
        struct Inner: Codable, Sendable {
            let vatID: String?
            let amount: Money
        }

        var zuluTime = Instant(microseconds: 1_700_000_000_123_456)
        var aDay = Day("2026-02-28")!
        var small: Int8 = -8
        var large = UInt64.max
        var least = Int64.min
        var flag = false
        var fraction = 0.1
        var whole = 2.0
        var huge = 1e300
        var myURLText = "a/b \"quoted\" \\ \u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f} é 日本 \u{2028} \u{1F600}"
        var empty = ""
        var none: String?
        var inner = Inner(vatID: "DE1", amount: Money(1999, .init("EUR")!))
        var list = [Inner(vatID: nil, amount: Money(-1, .init("JPY")!))]
        var emptyList: [Int] = []
        var nested = [[1, 2], [], [3]]
        var optionals: [String?] = ["a", nil]
        /// Keys of a dictionary are data and stay as they are.
        var labels = ["camelCase": "x", "b": "y", "é": "z", "a\"b": "q"]
        var deep: [String: [String: Int]] = ["outerKey": ["innerKey": 1]]
        var value: JSONValue = ["someKey": [1, .number(2.5), true, .null, "x"], "a": [:]]
    }

    private struct Nothing: Codable, Sendable {}

    private static func expected(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func written(_ value: some Encodable) throws -> String {
        String(decoding: try WireFormat.encode(value), as: UTF8.self)
    }

    @Test("are byte for byte what Foundation's encoder makes, also when the names are known already")
    func same() throws {
        for _ in 1...2 {
            #expect(try Self.written(Everything()) == Self.expected(Everything()))
            #expect(
                try Self.written([Everything(), Everything()]) == Self.expected([Everything(), Everything()]))
        }
        #expect(try Self.written(Nothing()) == "{}")
        #expect(try Self.written("text") == "\"text\"")
        #expect(try Self.written([String: Int]()) == "{}")
        #expect(
            try Self.written(PageBody(Page(items: [Nothing()], nextCursor: nil)))
                == #"{"items":[{}],"next_cursor":null}"#)
    }

    @Test("pass on what was encoded before as it is")
    func ready() throws {
        let ready = JSONBytes(Data(#"{"b": 1, "a": [ ]}"#.utf8))
        #expect(try Self.written(["x": ready]) == #"{"x":{"b": 1, "a": [ ]}}"#)
    }

    @Test("are none where a number is none, or a value refuses to be written")
    func refused() throws {
        #expect(throws: EncodingError.self) { try WireFormat.encode([Double.nan]) }
        #expect(throws: EncodingError.self) { try WireFormat.encode(["a": Double.infinity]) }
    }

    @Test("keep their names apart when many are written at once")
    func concurrent() async throws {
        let expected = try Self.expected(Everything())
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { try Self.written(Everything()) } }
            for try await text in group { #expect(text == expected) }
        }
    }
}
