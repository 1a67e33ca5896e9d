import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What comes in behind the question mark and should not.
@Suite("Malformed queries")
struct MalformedQueryTests {
    @Test("an unknown parameter is named, on every endpoint")
    func unknown() async throws {
        try await eachSigned { endpoint, client, path in
            for (query, pointer) in [
                ("nope=1", "?nope"), ("limit[]=1", "?limit[]"), ("tenant_id=x", "?tenant_id"),
            ] {
                let answer = try await client.send(
                    endpoint.route.method.request, "\(path)?\(endpoint.required)\(query)",
                    endpoint.body?.sample(full: false))
                expectRefusal(answer, of: pointer, endpoint, query)
            }
        }
    }

    @Test("a parameter that breaks its rule is named")
    func broken() async throws {
        let texts = ["", "%00", "a%00b", "%07", String(repeating: "a", count: 5000), "%20", "\u{1F4A9}"]
        try await eachSigned { endpoint, client, path in
            for field in endpoint.query.fields {
                var values = texts
                switch field.name {
                case "limit":
                    values += ["0", "201", "-1", "abc", "1.5", "1e2", "9223372036854775808", "0x10", "%2B5"]
                case "cursor": values += ["garbage!", "YQ==", "a", "////", "A+B"]
                default: break
                }
                for value in values where !field.takes(value) {
                    let escaped = value.addingPercentEncoding(
                        withAllowedCharacters: .urlQueryAllowed.union(["%"]))
                    let answer = try await client.send(
                        endpoint.route.method.request,
                        "\(path)?\(endpoint.required(but: field))\(field.name)=\(escaped ?? value)")
                    expectRefusal(answer, of: "?\(field.name)", endpoint, value)
                }
            }
        }
    }

    @Test("what is not percent-encoded UTF-8, or stands twice, is refused")
    func encoding() async throws {
        try await eachSigned { endpoint, client, path in
            for query in ["limit=%FF", "limit=%zz", "limit=%2", "%FF=1", "limit=1&limit=2"]
            where endpoint.query.fields.contains(where: { $0.name == "limit" }) {
                let answer = try await client.send(.get, "\(path)?\(endpoint.required)\(query)")
                #expect(answer.status == 422 && answer["code"] == "invalid", "\(endpoint.route) \(query)")
                #expect(answer.pointers.allSatisfy { $0.hasPrefix("?") }, "\(endpoint.route) \(query)")
            }
        }
    }

    @Test("a cursor that no list wrote is refused or shows a harmless page")
    func forgedCursors() async throws {
        let id = UUID(uuidString: "0197c5a0-0000-7000-8000-000000000000")?.uuidString ?? ""
        let contents = [
            "x", "'; DROP TABLE invoices; --", "\u{1F}", "\(id)", "\(id)\u{1F}", "\(id)\u{1F}2026-02-30",
            "\(id)\u{1F}9999-12-31", "\(id)\u{1F}-1", "\(id)\u{1F}99999999999999999999", "\(id)\u{1F}\u{7}",
            "\(id)\u{1F}\u{1F}\u{1F}", "\(id)\u{1F}a\u{1F}b\u{1F}1", "\u{1F}\(id)",
            String(repeating: "z", count: 700),
            "2026-01-31", "\(id)\u{1F}2026-01-31\u{1F}issue\u{1F}99999999999",
            "\(id)\u{1F}2026-01-31|issue|1", "\(id)\u{1F}\u{10FFFF}", "DE", "{}",
        ]
        try await eachSigned { endpoint, client, path in
            guard endpoint.query.fields.contains(where: { $0.name == "cursor" }) else { return }
            let sorts = endpoint.query.fields.first { $0.name == "sort" }?.schema.choices ?? []
            for sort in [""] + sorts.map({ "sort=\($0)&" }) {
                for content in contents {
                    let cursor = Cursor(content: content).text
                    let answer = try await client.send(
                        .get, "\(path)?\(endpoint.required)\(sort)cursor=\(cursor)")
                    #expect(
                        [200, 422].contains(answer.status),
                        "\(endpoint.route) \(sort)\(content.debugDescription): \(answer.text)")
                    if answer.status == 422 { #expect(answer.pointers == ["?cursor"], "\(endpoint.route)") }
                }
            }
        }
    }

    /// Calls `body` for every endpoint as an owner, with a path that has an object behind it.
    private func eachSigned(_ body: @Sendable (Endpoint, TestClient, String) async throws -> Void)
        async throws
    {
        try await World.run { world in
            let maker = ObjectMaker(world.ours)
            for endpoint in try Surface.endpoints() {
                let path =
                    endpoint.route.placeholders.isEmpty
                    ? endpoint.route.path : try await endpoint.path(of: maker)
                try await body(
                    endpoint, endpoint.permission == nil ? world.anonymous : world.ours.owner, path)
            }
        }
    }
}

extension Endpoint {
    /// The parameters without which the query is refused, with good values, ready to put something behind.
    var required: String { required(but: nil) }

    func required(but other: JSONSchema.Field?) -> String {
        query.fields.filter { $0.isRequired && $0.name != other?.name }
            .map { "\($0.name)=\($0.schema.sample(full: true).text ?? "")&" }.joined()
    }
}

extension JSONSchema {
    var choices: [String] {
        if case .choice(let choices) = shape { choices } else { [] }
    }
}

extension JSONSchema.Field {
    /// Whether the text, once decoded, keeps the rule after all.
    func takes(_ encoded: String) -> Bool {
        guard case .string = schema.shape, let text = encoded.removingPercentEncoding, !text.contains("\u{0}")
        else { return false }
        return schema.check.map { $0(.string(text)) == nil } ?? true
    }
}
