import HTTPTypes
import Kernel
import Logging
import Testing
import Web

@Suite("An endpoint that goes")
struct DeprecationTests {
    private func endpoints() throws -> [Endpoint] {
        let deprecation = Deprecation(
            since: try #require(Day("2026-01-01")), sunset: try #require(Day("2027-01-31")),
            successor: .get("/v1/toys"))
        let about = About(
            tag: "Old toys", name: "listOldToys", summary: "List old toys", details: "As they were.",
            deprecation: deprecation)
        return Toy.endpoints + [
            Endpoint(.get("/v1/old-toys"), Toy.read, about) { (_: Request<NoPath, NoQuery, NoBody>) in
                NoContent()
            }
        ]
    }

    private func send(_ uri: String, headers: HTTPFields = Exchange.asReader) async throws -> Exchange {
        let api = API(
            try endpoints(), logger: LogLines().logger, carryOut: ToyShelf().carryOut
        ) { token, _ in
            guard let role = Role(rawValue: token) else { throw Problem.unauthenticated }
            return Actor(.user(UserID.new()), role: role, scope: TenantScope(Toy.tenant))
        }
        return try await Exchange.send(.get, uri, headers: headers, api: api)
    }

    @Test("says so in every answer, a refusal too")
    func announced() async throws {
        for answer in [
            try await send("/v1/old-toys"), try await send("/v1/old-toys?what=1"),
            try await send("/v1/old-toys", headers: [:]),
        ] {
            #expect(answer.headers[.init("Deprecation")!] == "@1767225600")
            #expect(answer.headers[.init("Sunset")!] == "Sun, 31 Jan 2027 00:00:00 GMT")
            #expect(
                answer.headers[.init("Link")!]
                    == "</docs/reference/old-toys#listOldToys>; rel=\"deprecation\"; type=\"text/html\"")
        }
    }

    @Test("is the only one that says so")
    func others() async throws {
        let answer = try await send("/v1/toys")
        #expect(answer.status == 200)
        #expect(answer.headers[.init("Deprecation")!] == nil && answer.headers[.init("Sunset")!] == nil)
    }

    @Test("is marked in the document, with its last day and what to use instead")
    func documented() throws {
        let document = try JSONValue(parsing: try OpenAPITests.api.document(of: try endpoints()).bytes)
        let operation = try #require(document["paths"]?["/v1/old-toys"]?["get"])
        #expect(operation["deprecated"] == true)
        #expect(operation["x-sunset"] == "2027-01-31")
        #expect(
            operation["description"]
                == .string(
                    "As they were.\n\nDeprecated since 2026-01-01; it may stop to answer on 2027-01-31. "
                        + "Use `GET /v1/toys` instead."))
        #expect(document["paths"]?["/v1/toys"]?["get"]?["deprecated"] == nil)
    }
}
