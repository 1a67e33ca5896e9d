import Crypto
import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What docs/guides/audit.md promises to whoever keeps a copy of an entry.
@Suite("The digest of an audit entry")
struct AuditDigestTests {
    @Test("is made of what the API shows, as the guide says")
    func digest() async throws {
        try await World.run { world in
            let owner = world.ours.owner
            let name: JSONValue = "Müller/Söhne \u{1F600} \"quoted\""
            let family = try await owner.must(.post, "/v1/product-families", ["name": name])
            let path = "/v1/product-families/\(try #require(family["id"].text))"
            _ = try await owner.must(.patch, path, ["name": "New"])
            let entries = try await owner.must(.get, "/v1/audit-entries?limit=200")["items"].items
            #expect(
                Set(entries.compactMap(\.["verb"].text)).isSuperset(of: ["createFamily", "renameFamily"]))
            for entry in entries {
                let id = try #require(entry["id"].text)
                let detail = try await owner.must(.get, "/v1/audit-entries/\(id)")
                #expect(try digest(of: detail) == entry["digest"].text)
            }
        }
    }

    private func digest(of detail: JSONValue) throws -> String {
        let salt = try #require(detail["salt"].text)
        let pairs = stride(from: 0, to: salt.count, by: 2).map { salt.dropFirst($0).prefix(2) }
        let parts = [
            Data(try pairs.map { try #require(UInt8($0, radix: 16)) }), try text(detail["before"]),
            try text(detail["after"]),
        ]
        let bytes = parts.reduce(Data()) { $0 + Data("\($1.count):".utf8) + $1 }
        return SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// JSON without spaces and with sorted names; nothing for null.
    private func text(_ value: JSONValue) throws -> Data {
        if case .null = value { return Data() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
