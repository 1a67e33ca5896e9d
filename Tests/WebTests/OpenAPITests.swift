import Foundation
import HTTPTypes
import Kernel
import Logging
import Testing
import Web

/// Another type that wants the name of the toy API's own.
private struct Impostor: Codable, HasSchema {
    static var schema: JSONSchema {
        var schema = JSONSchema.anyObject
        schema.name = "Echo"
        return schema
    }
}

@Suite("The OpenAPI document")
struct OpenAPITests {
    static let api = OpenAPI(title: "Toys", version: "1.0.0", description: "For tests.")

    private func document() throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: try Self.api.document(of: Toy.endpoints).bytes)
    }

    @Test("the same endpoints give the same bytes, in any order")
    func deterministic() throws {
        let bytes = try Self.api.document(of: Toy.endpoints).bytes
        #expect(try Self.api.document(of: Toy.endpoints).bytes == bytes)
        #expect(try Self.api.document(of: Toy.endpoints.reversed()).bytes == bytes)
        #expect(bytes.last == UInt8(ascii: "\n"))
    }

    @Test("what requests hold has the fields that are listed and no others; what answers hold may get more")
    func closed() throws {
        let schemas = try #require(try document()["components"]?["schemas"])
        #expect(schemas["NewToy"]?["additionalProperties"] == false)
        #expect(schemas["ToyBody"]?["properties"] != nil)
        #expect(schemas["ToyBody"]?["additionalProperties"] == nil)
        #expect(schemas["Problem"]?["additionalProperties"] == nil)
    }

    @Test("an operation tells name, permission, parameters, body and every answer")
    func operation() throws {
        let post = try #require(try document()["paths"]?["/v1/toys"]?["post"])
        #expect(post["operationId"] == "createToy")
        #expect(post["tags"] == ["Toys"])
        #expect(post["x-permission"] == "toys.write")
        #expect(post["security"] == [["bearer": []]])
        let schema = post["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(schema == ["$ref": "#/components/schemas/NewToy"])
        #expect(
            post["responses"]?.names == [
                "201", "400", "401", "403", "409", "412", "413", "415", "422", "429", "500", "503",
            ])
        let conflicts = "idempotency_key_reused.toy_in_use"
        #expect(post["responses"]?["409"] == ["$ref": .string("#/components/responses/\(conflicts)")])
        #expect(
            try document()["components"]?["responses"]?[conflicts]?["description"]
                == .string(
                    """
                    `idempotency_key_reused`: \(Problem.idempotencyKeyReused.detail)

                    `toy_in_use`: This toy is in use. Archive it instead.
                    """))
        #expect(post["parameters"] == [["$ref": "#/components/parameters/IdempotencyKey"]])
        let list = try #require(try document()["paths"]?["/v1/toys"]?["get"])
        #expect(list["responses"]?.names == ["200", "401", "403", "422", "429", "500", "503"])
        guard case .array(let parameters) = list["parameters"] else { throw Problem.invalid }
        #expect(parameters.map { $0["name"] } == ["limit", "cursor", "state", "sold_on", "is_fragile"])
        #expect(parameters.allSatisfy { $0["in"] == "query" && $0["required"] == false })
        let delete = try #require(try document()["paths"]?["/v1/toys/{id}"]?["delete"])
        #expect(
            delete["responses"]?.names == [
                "204", "401", "403", "404", "409", "412", "422", "429", "500", "503",
            ])
        guard case .array(let sent) = delete["parameters"] else { throw Problem.invalid }
        #expect(
            sent.compactMap { $0["$ref"] } == [
                "#/components/parameters/IdempotencyKey", "#/components/parameters/IfMatch",
            ])
        #expect(delete["responses"]?["204"]?["content"] == nil)
    }

    @Test("a public operation asks for no credentials")
    func publicOperation() throws {
        let get = try #require(try document()["paths"]?["/health/live"]?["get"])
        #expect(get["security"] == [])
        #expect(get["x-permission"] == nil)
        #expect(get["responses"]?.names == ["200", "500", "503"])
    }

    @Test("schemas are named after their types and stand once")
    func schemas() throws {
        let names = try #require(try document()["components"]?["schemas"]?.names)
        #expect(
            names == [
                "Echo", "FieldError", "Interval", "IntervalUnit", "Money", "NewToy", "Problem", "ToyBody",
                "ToyBodyPage", "ToyChange", "ToyPart", "ToyState",
            ])
    }

    @Test("two types of one name are refused")
    func clash() throws {
        let about = About(tag: "Toys", name: "clash", summary: "Clash")
        let endpoint = Endpoint(public: .post("/v1/clash"), about) {
            (_: PublicRequest<NoPath, NoQuery, Impostor>) in NoContent()
        }
        #expect(throws: (any Error).self) { try Self.api.document(of: Toy.endpoints + [endpoint]) }
    }

    @Test("the document is served, and describes its own endpoint")
    func served() async throws {
        let endpoint = try Self.api.endpoint(of: Toy.endpoints)
        let api = API(
            Toy.endpoints + [endpoint], logger: LogLines().logger, carryOut: ToyShelf().carryOut
        ) { _, _ in throw Problem.unauthenticated }
        let answer = try await Exchange.send(.get, "/v1/openapi.json", headers: [:], api: api)
        #expect(answer.status == 200)
        #expect(answer["openapi"] == "3.1.0")
        #expect(answer.json?["paths"]?["/v1/openapi.json"]?["get"]?["operationId"] == "readOpenAPI")
    }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    var names: [String] {
        if case .object(let fields) = self { fields.keys.sorted() } else { [] }
    }
}
