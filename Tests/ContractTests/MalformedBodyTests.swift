import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What comes in as a body and should not, sent to every endpoint that takes one.
@Suite("Malformed bodies")
struct MalformedBodyTests {
    @Test("a body that is no JSON in UTF-8 is malformed_json")
    func unreadable() async throws {
        let bodies: [[UInt8]] =
            [
                "", " ", "{", "[1,", "nul", "{\"a\":1,}", "{} {}", "{'a':1}", "{\"a\":01}",
                "{\"a\":\"\\ud800\"}",
            ]
            .map { Array($0.utf8) }
            + [
                [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
                [0xED, 0xA0, 0x80],
                [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], Array(#"{"a":1,"a":2}"#.utf8),
            ]
            + ["[", "{\"a\":", "[{\"a\":["].map { Array(String(repeating: $0, count: 20_000).utf8) }
        try await eachEndpoint { endpoint, target in
            for body in bodies {
                let answer = try await target.send(body)
                let start = String(decoding: body.prefix(20), as: UTF8.self)
                #expect(answer.status == 400, "\(endpoint.route) \(start): \(answer.text)")
                #expect(answer["code"] == "malformed_json", "\(endpoint.route) \(start)")
            }
        }
    }

    @Test("a body beyond the limit is too_large, one of another type is unsupported_media_type")
    func wrongKind() async throws {
        let huge = Array("{\"a\":\"\(String(repeating: "a", count: 1 << 20))\"}".utf8)
        try await eachEndpoint { endpoint, target in
            let large = try await target.send(huge)
            #expect(large.status == 413, "\(endpoint.route)")
            #expect(large["code"] == "too_large", "\(endpoint.route)")
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16",
            ] {
                let answer = try await target.send(Array("{}".utf8), [.contentType: type])
                #expect(answer.status == 415, "\(endpoint.route) \(type)")
                #expect(answer["code"] == "unsupported_media_type", "\(endpoint.route)")
            }
        }
    }

    @Test("a body that is no object is invalid")
    func noObject() async throws {
        try await eachEndpoint { endpoint, target in
            for body in ["[]", "null", "1", "\"x\"", "true", "[{}]"] {
                let answer = try await target.send(Array(body.utf8))
                #expect(answer.status == 422 && answer["code"] == "invalid", "\(endpoint.route) \(body)")
                #expect(answer.pointers == [""], "\(endpoint.route) \(body)")
            }
        }
    }

    @Test("the sample that the cases below spoil has no bad field itself")
    func control() async throws {
        try await eachEndpoint { endpoint, target in
            let answer = try await target.send(target.sample)
            // An id of the sample names nothing; that is another problem than `invalid`.
            #expect(answer["code"] != "invalid", "\(endpoint.route): \(answer.text)")
            #expect(
                answer.status < 500 && ![400, 413, 415].contains(answer.status),
                "\(endpoint.route): \(answer.text)")
            expectDocumented(answer, endpoint)
        }
    }

    @Test("a field that the request does not know is named")
    func unknownFields() async throws {
        try await eachEndpoint { endpoint, target in
            let objects = [""] + endpoint.places.filter { !$0.schema.fields.isEmpty }.map(\.pointer)
            for object in objects {
                for name in ["no_such_field", "tenant_id", "Name"] {
                    let pointer = "\(object)/\(name)"
                    let answer = try await target.send(target.sample.replacing(pointer[...], by: "x"))
                    expectRefusal(answer, of: pointer, endpoint)
                }
            }
        }
    }

    @Test("a missing field is named")
    func missingFields() async throws {
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places where place.isRequired {
                let answer = try await target.send(target.sample.replacing(place.pointer[...], by: nil))
                expectRefusal(answer, of: place.pointer, endpoint)
            }
        }
    }

    @Test("all bad fields are named at once")
    func allAtOnce() async throws {
        try await eachEndpoint { endpoint, target in
            let fields = endpoint.body?.fields ?? []
            let bad = JSONValue.object(
                Dictionary(uniqueKeysWithValues: fields.map { ($0.name, .number(0.5)) }))
            let answer = try await target.send(bad)
            #expect(Set(answer.pointers) == Set(fields.map { "/\($0.name)" }), "\(endpoint.route)")
        }
    }

    @Test("a value of another type is named")
    func wrongTypes() async throws {
        let values: [JSONValue] = [
            .null, true, 1, .number(1.5), "x", [], ["x"], [[]], ["a": "b"], .number(1e300), .integer(.min),
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places {
                for value in values where !place.takes(value) {
                    let answer = try await target.send(target.sample.replacing(place.pointer[...], by: value))
                    expectRefusal(answer, of: place.pointer, endpoint, "\(value)")
                }
            }
        }
    }
}

/// An endpoint that takes a body, with an object behind its path and a body that has all its fields.
struct Target: Sendable {
    let client: TestClient
    let endpoint: Endpoint
    let path: String
    let sample: JSONValue

    func send(_ body: JSONValue) async throws -> TestClient.Answer {
        try await client.send(endpoint.route.method.request, path, body)
    }

    func send(_ bytes: [UInt8], _ headers: HTTPFields = [:]) async throws -> TestClient.Answer {
        try await client.send(endpoint.route.method.request, path, bytes: bytes, headers: headers)
    }
}

/// Calls `body` for every endpoint that takes a body, as an owner.
func eachEndpoint(_ body: @Sendable (Endpoint, Target) async throws -> Void) async throws {
    try await World.run { world in
        let maker = ObjectMaker(world.ours)
        let endpoints = try Surface.endpoints().filter { $0.body != nil }
        try #require(endpoints.count > 12)
        for endpoint in endpoints {
            let target = Target(
                client: endpoint.permission == nil ? world.anonymous : world.ours.owner, endpoint: endpoint,
                path: endpoint.route.placeholders.isEmpty
                    ? endpoint.route.path : try await endpoint.path(of: maker),
                sample: endpoint.body?.sample(full: true) ?? .null)
            try await body(endpoint, target)
        }
    }
}

/// The answer must be `invalid`, and name just this field or what is inside it.
func expectRefusal(
    _ answer: TestClient.Answer, of pointer: String, _ endpoint: Endpoint, _ note: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    let isNamed =
        !answer.pointers.isEmpty
        && answer.pointers.allSatisfy { $0 == pointer || $0.hasPrefix("\(pointer)/") }
    #expect(
        answer.status == 422 && answer["code"] == "invalid" && isNamed,
        "\(endpoint.route) \(pointer) \(note.prefix(60)): \(answer.status) \(answer.text.prefix(600))",
        sourceLocation: location)
    #expect(answer.headers[.contentType] == ProblemBody.contentType, sourceLocation: location)
}

extension Endpoint {
    var places: [JSONSchema.Place] { body?.places() ?? [] }
}

extension TestClient.Answer {
    /// The fields that a problem names.
    var pointers: [String] { self["errors"].items.compactMap { $0["pointer"].text } }
}
