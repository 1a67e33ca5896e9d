import Foundation
import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

/// What the declaration of a change promises, tried with every change there is.
@Suite("Every endpoint that changes something")
struct ChangeContractTests {
    @Test("says so: all that are not public and neither read nor calculate, and no others")
    func declared() throws {
        for endpoint in try Surface.endpoints() {
            let isExpected = endpoint.permission != nil && !endpoint.isQuestion
            #expect(endpoint.isChange == isExpected, "\(endpoint.route)")
        }
    }

    @Test("does it once for a key, keeps one entry of the audit log, and answers again as before")
    func once() async throws {
        try await eachChange { endpoint, attempt, world in
            let first = try await attempt.send(key: "once")
            #expect(first.status == endpoint.status, "\(endpoint.route): \(first.text)")
            #expect(first.headers[.idempotentReplayed] == nil, "\(endpoint.route)")
            let again = try await attempt.send(key: "once")
            if endpoint.about.name == "signOut" {
                #expect(again.status == 401, "nobody is there any more who could ask again")
            } else {
                #expect(again.status == first.status, "\(endpoint.route): \(again.text)")
                #expect(again.text == first.text, "\(endpoint.route)")
                #expect(again.headers[.eTag] == first.headers[.eTag], "\(endpoint.route)")
                #expect(again.headers[.idempotentReplayed] == "true", "\(endpoint.route)")
            }

            let entries = try await attempt.auditEntries(world)
            #expect(entries.count == 1, "\(endpoint.route): \(entries)")
            #expect(entries.first?["verb"] == .string(endpoint.about.name))
            #expect(entries.first?["actor_kind"] == "user")
            #expect(entries.first?["user_id"] == attempt.user)
            let id = try #require(entries.first?["id"].text)
            let detail = try await world.ours.owner.must(.get, "/v1/audit-entries/\(id)")
            if endpoint.status == 204 {
                #expect(detail["after"] == .null, "\(endpoint.route)")
            } else {
                var shown = first.json.fields
                shown["actions"] = nil
                #expect(detail["after"] == .object(shown), "\(endpoint.route)")
            }
        }
    }

    @Test("refuses a key that belongs to another request, and does nothing then")
    func reused() async throws {
        try await eachChange { endpoint, attempt, world in
            guard endpoint.body != nil else { return }
            let first = try await attempt.send(key: "mine")
            #expect(first.status == endpoint.status, "\(endpoint.route): \(first.text)")
            var other = attempt
            other.body = try await attempt.otherBody(world)
            let refused = try await other.send(key: "mine")
            #expect(refused.status == 409, "\(endpoint.route): \(refused.text)")
            #expect(refused["code"] == "idempotency_key_reused", "\(endpoint.route)")
            #expect(try await attempt.auditEntries(world).count == 1, "\(endpoint.route)")
        }
    }

    @Test("does nothing when the object is not in the version that If-Match asks for")
    func stale() async throws {
        try await eachChange { endpoint, attempt, world in
            let refused = try await attempt.send(ifMatch: #""4711""#)
            #expect(refused.status == 412, "\(endpoint.route): \(refused.text)")
            #expect(refused["code"] == "precondition_failed", "\(endpoint.route)")
            #expect(try await attempt.auditEntries(world) == [], "\(endpoint.route)")
            // What is created was in no version before.
            guard endpoint.isVersioned, endpoint.status != 201,
                let current = try await attempt.currentTag(world)
            else { return }
            let done = try await attempt.send(ifMatch: current)
            #expect(done.status == endpoint.status, "\(endpoint.route): \(done.text)")
        }
    }

    @Test("tells what is wrong with its headers")
    func headers() async throws {
        try await eachChange { endpoint, attempt, world in
            let key = try await attempt.send(key: String(repeating: "k", count: 256))
            #expect(key.status == 422, "\(endpoint.route)")
            #expect(key["errors"][0]["pointer"] == "Idempotency-Key", "\(endpoint.route)")
            let tag = try await attempt.send(ifMatch: "4")
            #expect(tag.status == 422, "\(endpoint.route)")
            #expect(tag["errors"][0]["pointer"] == "If-Match", "\(endpoint.route)")
            #expect(try await attempt.auditEntries(world) == [], "\(endpoint.route)")
        }
    }

    @Test("answers with the version that the object shows as ETag, where it shows one")
    func versions() throws {
        for endpoint in try Surface.endpoints() {
            let shows =
                endpoint.output?.fields.contains {
                    $0.name == "version"
                        || $0.schema.fields.contains { $0.name == "version" }
                            && $0.name == "settings"
                } ?? false
            #expect(endpoint.isVersioned == shows, "\(endpoint.route)")
        }
    }

    private func eachChange(
        _ body: @Sendable (Endpoint, Attempt, World) async throws -> Void
    ) async throws {
        try await World.run { world in
            let changes = try Surface.endpoints().filter(\.isChange)
            try #require(changes.count > 25)
            for endpoint in changes {
                try await body(endpoint, try await Attempt(at: endpoint, world), world)
            }
        }
    }
}

/// One valid request for a change, of our owner, with an object in the state that takes it.
struct Attempt: Sendable {
    let endpoint: Endpoint
    let path: String
    var body: JSONValue?
    /// Whose request it is.
    let user: JSONValue
    private let client: TestClient
    private let requestID = "req-\(UUID().uuidString.lowercased())"

    init(at endpoint: Endpoint, _ world: World) async throws {
        self.endpoint = endpoint
        client = try await Attempt.client(for: endpoint, world)
        user = try await client.must(.get, "/v1/me")["id"]
        path =
            endpoint.route.placeholders.isEmpty
            ? endpoint.route.path : try await endpoint.path(of: ObjectMaker(world.ours))
        body = try await Attempt.body(of: endpoint, world)
        try await prepare(world)
    }

    /// The owner, or somebody who may be signed out.
    private static func client(for endpoint: Endpoint, _ world: World) async throws -> TestClient {
        let maker = ObjectMaker(world.ours)
        switch endpoint.about.name {
        case "endMySession":
            return world.anonymous.with(
                token: try #require(try await maker.signIn(as: "owner")["access_token"].text))
        case "signOut", "endMyOtherSessions", "changePassword":
            let email = try #require(try await maker.user()["email"].text)
            return try await world.anonymous.signedIn(
                TestSignIn(company: world.ours.slug, email: try #require(EmailAddress(email))))
        default: return world.ours.owner
        }
    }

    /// Brings the object into the state that the change wants.
    private func prepare(_ world: World) async throws {
        let object = path.split(separator: "/").dropLast().joined(separator: "/")
        switch endpoint.about.name {
        case "restoreProduct", "restoreCoupon": _ = try await client.must(.put, path)
        case "resumeSubscription": _ = try await client.must(.put, path, ["reason": "staff"])
        case "withdrawChanges":
            let price = try await ObjectMaker(world.ours).make(for: "prices")
            _ = try await client.must(
                .post, "/\(object)/changes",
                ["items": [["price_id": .string(price)]], "when": "term_end"])
        case "voidInvoice", "issueCreditNote", "reissueInvoice":
            _ = try await client.must(.post, "/\(object)/finalization")
        case "startBillingRun": try await world.overseen("DELETE FROM jobs", "DELETE FROM billing_runs")
        case "retryJob", "discardJob":
            try await world.overseen("UPDATE jobs SET state = 'dead', due_at = NULL, ended_at = now()")
        case "advanceSandboxClock":
            try await world.overseen(
                """
                UPDATE sandbox_clocks
                SET today = '2026-12-01', advance_from = NULL, advance_to = NULL, advance_asked_at = NULL
                """)
        default: break
        }
    }

    func send(key: String? = nil, ifMatch: String? = nil) async throws -> TestClient.Answer {
        var headers: HTTPFields = [.requestID: requestID]
        headers[.idempotencyKey] = key.map { "\($0)-\(requestID)" }
        headers[.ifMatch] = ifMatch
        let bytes: [UInt8] = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        return try await client.send(
            endpoint.route.method.request, path, bytes: bytes, headers: headers)
    }

    /// What the audit log has of this attempt's requests.
    func auditEntries(_ world: World) async throws -> [JSONValue] {
        try await world.ours.owner.must(.get, "/v1/audit-entries?verb=\(endpoint.about.name)")["items"].items
            .filter { $0["request_id"] == .string(requestID) }
    }

    /// The ETag of the object that the path leads to; nil where it leads to none that has one.
    func currentTag(_ world: World) async throws -> String? {
        var parts = path.split(separator: "/")
        while parts.count > 1 {
            let read = try await client.send(.get, "/" + parts.joined(separator: "/"))
            if read.status == 200 { return read.headers[.eTag] }
            parts.removeLast()
        }
        return nil
    }

    /// A body that is valid as well, and another.
    func otherBody(_ world: World) async throws -> JSONValue {
        let other = try await Attempt.body(of: endpoint, world) ?? [:]
        if other != body { return other }
        return try #require(
            endpoint.places.lazy.compactMap { place in
                place.alternative.map { other.replacing(place.pointer[...], by: $0) }
            }.first, "\(endpoint.route): another valid body")
    }

    private static func body(of endpoint: Endpoint, _ world: World) async throws -> JSONValue? {
        guard endpoint.body != nil else { return nil }
        return try await endpoint.validBody(ObjectMaker(world.ours))
    }
}

extension JSONSchema.Place {
    /// A valid value that is not the sample; nil where none is known.
    fileprivate var alternative: JSONValue? {
        switch schema.shape {
        case .boolean: false
        case .integer(let range):
            schema.sample(full: true).integer.map { .integer($0 == range.upperBound ? $0 - 1 : $0 + 1) }
        case .choice(let choices) where choices.count > 1: .string(choices[1])
        case .string where schema.format == "date": "2026-12-09"
        case .string where schema.pattern == nil && [nil, "password"].contains(schema.format): "another thing"
        default: nil
        }
    }
}

extension World {
    /// Runs statements past all policies.
    func overseen(_ statements: SQL...) async throws {
        let overseer = try await Overseer(server.database)
        for statement in statements { try await overseer.connection.run(statement) }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
}
