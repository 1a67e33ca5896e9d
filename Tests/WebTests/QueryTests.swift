import Foundation
import HTTPTypes
import Kernel
import Testing
import Web

@Suite("Queries and pages")
struct QueryTests {
    @Test("typed parameters are read; the cursor of a page leads to the next")
    func good() async throws {
        let first = try await Exchange.send(
            .get, "/v1/toys?limit=7&state=on_sale&sold_on=2026-01-31&is_fragile=true")
        #expect(first.status == 200)
        #expect(first.text.contains(#""note":"7 -""#))
        guard case .string(let cursor) = first["next_cursor"] else { throw Problem.invalid }
        #expect(cursor != "Bear|7")
        let next = try await Exchange.send(.get, "/v1/toys?cursor=\(cursor)")
        #expect(next.text.contains(#""note":"50 Bear|7""#))
    }

    @Test("every wrong parameter is listed, unknown ones too")
    func wrong() async throws {
        let uri =
            "/v1/toys?limit=201&cursor=%21&state=sold&sold_on=today&is_fragile=1&offset=5&state=draft&x=%f"
        let answer = try await Exchange.send(.get, uri)
        #expect(answer.status == 422)
        #expect(
            answer.pointers == ["?cursor", "?is_fragile", "?limit", "?offset", "?sold_on", "?state", "?x"])
        #expect(answer.errors["?limit"] == "must be a whole number from 1 to 200")
        #expect(answer.errors["?is_fragile"] == "must be true or false")
    }

    @Test(
        "a limit is a plain number",
        arguments: ["0", "-1", "1.0", "1e1", "", "ten", "%201", "99999999999999999999"])
    func limits(limit: String) async throws {
        let answer = try await Exchange.send(.get, "/v1/toys?limit=\(limit)")
        #expect(answer.pointers == ["?limit"])
    }

    @Test("percent and plus stand for themselves and for a space")
    func escapes() async throws {
        let answer = try await Exchange.send(.get, "/v1/toys?st%61te=on%5Fsale&a+b=1&%61%20c=2")
        #expect(answer.pointers == ["?a b", "?a c"])
    }

    @Test(
        "only cursors that we made are taken",
        arguments: ["", "=", "QQ==", "QR", "/w", "_w", "AA", "Q Q", "Bear|7"])
    func badCursors(text: String) {
        #expect(Cursor(text) == nil)
    }

    @Test(
        "a cursor holds any text",
        arguments: ["A", "Bear|7", "ärger?>~~", String(repeating: "x", count: 300)])
    func cursors(content: String) throws {
        let cursor = Cursor(content: content)
        #expect(cursor.text.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
        #expect(Cursor(cursor.text)?.content == content)
    }

    @Test("the last page says null")
    func lastPage() throws {
        let page = PageBody(items: [1, 2], nextCursor: nil)
        let text = String(decoding: try JSONEncoder().encode(page), as: UTF8.self)
        #expect(text.contains(#""nextCursor":null"#))
    }
}
