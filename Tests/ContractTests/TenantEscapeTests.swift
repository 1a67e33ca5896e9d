import Foundation
import HTTPTypes
import Kernel
import Seeds
import TestKit
import Testing
import Web

/// Ten thousand requests by one company that name what is another's: in paths, bodies and filters, in
/// cursors, sort keys and idempotency keys.
@Suite("Tenant escape")
struct TenantEscapeTests {
    @Test("ten thousand requests with another company's ids, cursors and keys show and change nothing of it")
    func escape() async throws {
        try await World.run { world in
            try await world.fillEveryTable()
            let overseer = try await Overseer(world.server.database)
            let tables = try await overseer.tables()
            let loot = try await Loot(of: world.theirs)
            try #require(loot.ids.count > 40 && loot.cursors.count > 5)
            var before: [String: String] = [:]
            for table in tables { before[table.name] = try await overseer.digest(table, of: world.theirs) }

            let endpoints = try Surface.endpoints().filter {
                // Whoever ends the sessions of all stops the test.
                $0.permission != nil && !["signOut", "endMyOtherSessions"].contains($0.about.name)
            }
            var random = Seeded(4711)
            var statuses: [Int: Int] = [:]
            for _ in 1...10_000 {
                guard let endpoint = endpoints.randomElement(using: &random) else { continue }
                let probe = loot.probe(at: endpoint, &random)
                let answer = try await world.ours.owner.send(
                    endpoint.route.method.request, probe.uri, bytes: probe.body, headers: probe.headers)
                statuses[answer.status, default: 0] += 1
                #expect(answer.status < 500, "\(endpoint.route) \(probe.uri): \(answer.text)")
                let shown = Loot.ids(in: answer.text).intersection(loot.ids).subtracting(probe.sent)
                #expect(shown.isEmpty, "\(endpoint.route) \(probe.uri) shows \(shown)")
            }
            // A test whose every request is refused at the door would prove nothing.
            #expect(statuses[200, default: 0] > 1000, "\(statuses)")
            #expect(statuses[404, default: 0] > 1000, "\(statuses)")
            for table in tables {
                #expect(
                    try await overseer.digest(table, of: world.theirs) == before[table.name], "\(table.name)")
            }
        }
    }
}

/// What somebody could have seen of a company: every id that its answers show, its cursors, its keys.
private struct Loot {
    private(set) var ids: Set<String> = []
    private(set) var cursors: [String] = []
    private let all: [String]
    private let byPrefix: [Substring: [String]]

    init(of company: Company) async throws {
        for endpoint in try Surface.endpoints()
        where endpoint.route.method == .get && endpoint.route.placeholders.isEmpty
            && endpoint.permission != nil
        {
            let paged = endpoint.query.fields.contains { $0.name == "limit" }
            let page = try await company.owner.send(.get, endpoint.route.path + (paged ? "?limit=2" : ""))
            if let cursor = page["next_cursor"].text { cursors.append(cursor) }
            let list = try await company.owner.send(.get, endpoint.route.path)
            ids.formUnion(Loot.ids(in: list.text))
        }
        all = ids.sorted()
        byPrefix = Dictionary(grouping: all) { $0.prefix(3) }
    }

    static func ids(in text: String) -> Set<String> {
        Set(text.matches(of: /[a-z]{3}_[0-7][0-9a-z]{25}/).map { String($0.output) })
    }

    struct Probe {
        let uri: String
        let body: [UInt8]
        let headers: HTTPFields
        /// Ids that the request itself names.
        let sent: Set<String>
    }

    func probe(at endpoint: Endpoint, _ random: inout Seeded) -> Probe {
        var path = endpoint.route.path
        for field in endpoint.path.fields {
            path = path.replacing("{\(field.name)}", with: id(like: field.schema, &random))
        }
        var query: [String] = []
        for field in endpoint.query.fields where Bool.random(using: &random) {
            let value =
                field.name == "cursor"
                ? cursors.randomElement(using: &random) : value(like: field.schema, &random)
            if let value { query.append("\(field.name)=\(value)") }
        }
        var body = endpoint.body?.sample(full: Bool.random(using: &random)) ?? [:]
        for place in endpoint.places where place.schema.pattern?.contains("_[0-7]") == true {
            body = body.replacing(place.pointer[...], by: .string(id(like: place.schema, &random)))
        }
        var headers = HTTPFields()
        // The keys that fillEveryTable has sent for the other company, too.
        if Bool.random(using: &random) {
            headers[.idempotencyKey] = ["one", "two"].randomElement(using: &random)
        }
        let uri = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let bytes = (try? JSONEncoder().encode(body)).map { Array($0) } ?? []
        return Probe(
            uri: uri, body: bytes, headers: headers,
            sent: Loot.ids(in: uri + String(decoding: bytes, as: UTF8.self)))
    }

    /// One of theirs of the right kind, sometimes of another.
    private func id(like schema: JSONSchema, _ random: inout Seeded) -> String {
        let prefix = schema.pattern?.firstMatch(of: /^\^([a-z]{3})_/)?.1
        let fitting = prefix.flatMap { byPrefix[$0] } ?? []
        let isWild = Int.random(in: 0..<10, using: &random) == 0
        return (isWild ? nil : fitting.randomElement(using: &random))
            ?? all.randomElement(using: &random) ?? ""
    }

    private func value(like schema: JSONSchema, _ random: inout Seeded) -> String? {
        if schema.pattern?.contains("_[0-7]") == true { return id(like: schema, &random) }
        if case .choice(let choices) = schema.shape { return choices.randomElement(using: &random) }
        return schema.sample(full: true).text?
            .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    }
}
