import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Testing
import Web

@Suite("Request bodies")
struct BodyTests {
    static let good = #""name":"Bear","price":{"amount":1999,"currency":"EUR"}"#

    @Test("a good body is decoded, acronyms in names included")
    func good() async throws {
        let answer = try await Exchange.send(.post, "/v1/toys", body: "{\(Self.good),\"vat_id\":\"DE1\"}")
        #expect(answer.status == 201)
        #expect(answer["text"] == "Bear 1999 DE1")
    }

    @Test(
        "a body that is not one JSON value in UTF-8 is malformed_json",
        arguments: [
            "", " ", "{", "[", "}", "nul", "{\"name\":}", "{\"name\":\"Bear\"", "\"open",
            "{\"name\":\"B\u{1}\"}",
            "{} {}", "{'name':1}", "{\"a\":1,}", "{\"a\":[1, ]}", "{,}", "{\"a\":01}", "{\"a\":1e400}",
            "{\"a\":\"\\ud800\"}",
            "\u{FEFF}{}",
            "{\"name\":\"a\",\"name\":\"b\"}", "{\"x\":[{\"b\":1,\"b\":2}]}", "{\u{0}}",
        ])
    func malformed(body: String) async throws {
        let answer = try await Exchange.send(.post, "/v1/toys", body: body)
        #expect(answer.status == 400)
        #expect(answer.code == "malformed_json")
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test("names may repeat in different objects, and values may look like names")
    func notDuplicates() async throws {
        let parts = #""parts":[{"label":"x","count":1},{"label":"x","count":2,"note":"note"}]"#
        let answer = try await Exchange.send(.post, "/v1/toys", body: "{\(Self.good),\(parts)}")
        #expect(answer.status == 201)
    }

    @Test("bytes that are not UTF-8 are malformed_json, in UTF-16 too")
    func encodings() throws {
        let bodies = [
            Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]), try #require("{}".data(using: .utf16)),
            try #require("{}".data(using: .utf16LittleEndian)), Data([0xED, 0xA0, 0x80]),
        ]
        for body in bodies {
            #expect(throws: Problem.malformedJSON("The body is not UTF-8 without a byte order mark.")) {
                try JSONValue(parsing: body)
            }
        }
    }

    @Test(
        "deep nesting is refused and never crashes", arguments: ["[", "{\"a\":", "[{\"a\":[", "\"[", "[\"["])
    func deep(unit: String) async throws {
        let answer = try await Exchange.send(
            .post, "/v1/toys", body: String(repeating: unit, count: 100_000))
        #expect(answer.status == 400)
    }

    @Test("32 levels are read, 33 are not; brackets inside strings do not count")
    func levels() throws {
        func nested(_ levels: Int) -> Data {
            Data((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(32)) }
        #expect(throws: Problem.self) { try JSONValue(parsing: nested(33)) }
        #expect(throws: Never.self) {
            try JSONValue(parsing: Data("[\"\(String(repeating: "[", count: 99))\\\"[\"]".utf8))
        }
    }

    @Test("a body of very many values is refused before it is parsed")
    func values() throws {
        func list(_ count: Int) -> Data {
            Data("[\(Array(repeating: "1", count: count).joined(separator: ","))]".utf8)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: list(20_000)) }
        #expect(throws: Problem.malformedJSON("The body holds more than 20000 values.")) {
            try JSONValue(parsing: list(20_001))
        }
    }

    @Test(
        "numbers are exact up to 64 bits",
        arguments: [
            ("9223372036854775807", JSONValue.integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("9223372036854775808", .number(9.223372036854775808e18)),
            ("1.5", .number(1.5)), ("0", .integer(0)), ("-0.5e1", .integer(-5)), ("true", .bool(true)),
        ])
    func numbers(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: Data(text.utf8)) == value)
    }

    @Test("one answer lists every error, with pointers")
    func everything() async throws {
        let body = """
            {"name":" x ","price":{"amount":9223372036854775808,"currency":"eur","tip":1},
             "state":"sold","vat_id":"=1","sold_on":"2026-02-30","every":{"unit":"month","count":121},
             "size":"1.0000001","is_fragile":"yes","weight":"heavy","stock":2147483648,
             "labels":{"a/b~c":"too long","ok":"ok"},
             "parts":[{"label":"ok","count":1},{"label":"","count":1.5,"note":null},7],"nonsense":[]}
            """
        let answer = try await Exchange.send(.post, "/v1/toys?page=2", body: body)
        #expect(answer.status == 422)
        #expect(answer.code == "invalid")
        #expect(
            answer.pointers == [
                "/every/count", "/is_fragile", "/labels/a~1b~0c", "/name", "/nonsense", "/parts/1/count",
                "/parts/1/label", "/parts/1/note", "/parts/2", "/price/amount", "/price/currency",
                "/price/tip",
                "/size", "/sold_on", "/state", "/stock", "/vat_id", "/weight", "?page",
            ])
        #expect(answer.errors["/state"] == "must be one of draft, on_sale")
        #expect(answer.errors["/nonsense"] == "is not a field of this request")
        #expect(answer.errors["/name"] == Text<1, 20>.rule)
        #expect(answer.errors["/stock"] == "must be a whole number from -2147483648 to 2147483647")
        #expect(answer.errors["/every/count"] == "must be between 1 and 120 for a month")
        #expect(answer.errors["/parts/1/note"] == "must not be null; leave it out instead")
    }

    @Test("missing fields are named; the whole body may have the wrong type")
    func missing() async throws {
        let empty = try await Exchange.send(.post, "/v1/toys", body: #"{"price":{}}"#)
        #expect(
            empty.errors == [
                "/name": "is missing", "/price/amount": "is missing", "/price/currency": "is missing",
            ])
        let array = try await Exchange.send(.post, "/v1/toys", body: "[]")
        #expect(array.errors == ["": "must be an object"])
    }

    @Test("at most 100 errors are listed")
    func manyErrors() async throws {
        let fields = (0..<500).map { "\"x\($0)\":1" }.joined(separator: ",")
        let answer = try await Exchange.send(.post, "/v1/toys", body: "{\(fields)}")
        #expect(answer.status == 422)
        #expect(answer.errors.count == 100)
    }

    @Test("a body beyond the limit is 413, announced or not; one of just the limit is read")
    func tooLarge() async throws {
        var settings = API.Settings()
        settings.bodyLimit = 100
        let api = Toy.api(settings)
        let fits = "{\(Self.good)}".padding(toLength: 100, withPad: " ", startingAt: 0)
        #expect(try await Exchange.send(.post, "/v1/toys", body: fits, api: api).status == 201)
        let answer = try await Exchange.send(.post, "/v1/toys", body: fits + " ", api: api)
        #expect(answer.status == 413)
        #expect(answer.code == "too_large")
        let unannounced = try await Exchange.send(
            .post, "/v1/toys", body: String(repeating: " ", count: 1 << 20 + 1))
        #expect(unannounced.status == 413)
    }

    @Test(
        "a body of another media type is 415",
        arguments: [
            "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json",
        ])
    func mediaType(type: String) async throws {
        let answer = try await Exchange.send(
            .post, "/v1/toys", body: "{}", headers: [.authorization: "Bearer owner", .contentType: type])
        #expect(answer.status == 415)
    }

    @Test("application/json is taken with a charset of UTF-8 and in any case")
    func mediaTypeParameters() async throws {
        let answer = try await Exchange.send(
            .post, "/v1/toys", body: "{\(Self.good)}",
            headers: [.authorization: "Bearer owner", .contentType: "Application/JSON; charset=UTF-8"])
        #expect(answer.status == 201)
    }

    @Test("where no body belongs, none and an empty object pass and fields are refused")
    func noBody() async throws {
        let uri = "/v1/toys/\(Toy.id)/finalization"
        #expect(try await Exchange.send(.post, uri).status == 200)
        #expect(try await Exchange.send(.post, uri, body: "{}").status == 200)
        let answer = try await Exchange.send(.post, uri, body: #"{"send":true}"#)
        #expect(answer.errors == ["/send": "is not a field of this request"])
    }

    @Test(
        "a patch tells absent, null and a value apart",
        arguments: [("{}", "old"), (#"{"note":null}"#, "none"), (#"{"note":"new"}"#, "new")])
    func patch(body: String, text: String) async throws {
        let answer = try await Exchange.send(.patch, "/v1/toys/\(Toy.id)", body: body)
        #expect(answer["text"] == .string(text))
    }

    @Test("a patch checks its value; a plain optional refuses null")
    func patchErrors() async throws {
        let answer = try await Exchange.send(
            .patch, "/v1/toys/\(Toy.id)",
            body: #"{"note":"","name":null,"price":{"amount":1,"currency":"XXX"}}"#)
        #expect(answer.pointers == ["/name", "/note", "/price/currency"])
    }

    @Test("a patch encodes absent as nothing and null as null")
    func patchEncoding() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let changes = [
            ToyChange(name: nil, note: .absent, price: .null),
            ToyChange(name: nil, note: .value(Text("x")!), price: .absent),
        ]
        let texts = try changes.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        #expect(texts == [#"{"price":null}"#, #"{"note":"x"}"#])
        let decoded = try JSONDecoder().decode(ToyChange.self, from: Data(texts[0].utf8))
        #expect(decoded.note == .absent)
        #expect(decoded.price == .null)
    }
}
