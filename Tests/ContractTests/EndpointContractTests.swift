import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What holds for every endpoint, generated from the declarations: a new one is tested by being there.
@Suite("Every endpoint")
struct EndpointContractTests {
    @Test("has a name of its own, a chapter and a summary of one line")
    func described() throws {
        let endpoints = try Surface.endpoints()
        #expect(Set(endpoints.map(\.about.name)).count == endpoints.count)
        for endpoint in endpoints {
            let about = endpoint.about
            #expect(about.name.wholeMatch(of: /[a-z]+([A-Z][A-Za-z]*)*/) != nil, "\(endpoint.route)")
            #expect(about.tag.wholeMatch(of: /[A-Z][A-Za-z -]+/) != nil, "\(endpoint.route)")
            #expect(!about.summary.isEmpty && !about.summary.contains("\n"), "\(endpoint.route)")
        }
    }

    @Test("needs a permission, but for the listed ones")
    func publicOnes() throws {
        let allowance = try TidyAllowance(named: "public-endpoints")
        let found = try Surface.endpoints().filter { $0.permission == nil }.map(\.route.description)
        #expect(Set(found) == allowance.paths)
        #expect(found.count <= allowance.limit)
    }

    @Test("that reads is allowed by a read permission, and one that changes something by more")
    func levels() throws {
        for endpoint in try Surface.endpoints() {
            guard let permission = endpoint.permission else { continue }
            #expect(endpoint.isQuestion == (permission.level == .read), "\(endpoint.route)")
        }
    }

    @Test("is limited, but for public ones that only read, and says that it may answer 429")
    func limited() throws {
        for endpoint in try Surface.endpoints() {
            if endpoint.rate == .unlimited {
                #expect(endpoint.permission == nil && endpoint.route.method == .get, "\(endpoint.route)")
            } else {
                #expect(endpoint.problems.contains(.rateLimited), "\(endpoint.route)")
            }
        }
    }

    @Test("answers 401 without a valid token, before it looks at anything else")
    func unauthenticated() async throws {
        let headers: [HTTPFields] = [
            [:], [.authorization: "Bearer"], [.authorization: "Bearer nonsense"],
            [.authorization: "Basic YTpi"],
            [.authorization: "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJtcGFuZWwifQ."],
            [.authorization: "Bearer \(String(repeating: "a", count: 9000))"],
        ]
        try await World.run { world in
            for endpoint in try Surface.endpoints() where endpoint.permission != nil {
                for header in headers {
                    let answer = try await world.anonymous.send(
                        endpoint.route.method.request, endpoint.samplePath, bytes: Array("{".utf8),
                        headers: header)
                    #expect(answer.status == 401, "\(endpoint.route) \(header)")
                    #expect(answer["code"] == "unauthenticated", "\(endpoint.route)")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer", "\(endpoint.route)")
                    #expect(answer.headers[.contentType] == ProblemBody.contentType, "\(endpoint.route)")
                }
            }
        }
    }

    @Test("answers 403 to a role below its permission, and not to one that holds it")
    func forbidden() async throws {
        try await World.run { world in
            for endpoint in try Surface.endpoints() {
                guard let permission = endpoint.permission else { continue }
                for (role, known) in world.ours.clients {
                    var client = known
                    if endpoint.about.name == "signOut" {
                        let signIn = try await ObjectMaker(world.ours).signIn(as: role.rawValue)
                        client = world.anonymous.with(token: try #require(signIn["access_token"].text))
                    }
                    // A path that names nothing: whoever may act finds nothing to act on.
                    let answer = try await client.send(
                        endpoint.route.method.request, endpoint.samplePath, bytes: Array("{".utf8))
                    #expect((answer.status == 403) == !role.allows(permission), "\(role) \(endpoint.route)")
                    if answer.status == 403 {
                        #expect(answer["code"] == "forbidden")
                        #expect(answer["detail"].text?.contains(permission.name) == true)
                    }
                }
            }
        }
    }

    @Test("answers 404 for an object of another tenant, which its owner can act on")
    func foreignObjects() async throws {
        try await World.run { world in
            let maker = ObjectMaker(world.ours)
            let endpoints = try Surface.endpoints().filter { !$0.route.placeholders.isEmpty }
            try #require(endpoints.count > 15)
            for endpoint in endpoints {
                let path = try await endpoint.path(of: maker)
                let body = endpoint.body?.sample(full: false)
                let method = endpoint.route.method.request
                for (role, client) in world.theirs.clients where role != .owner {
                    let answer = try await client.send(method, path, body)
                    let isAllowed = endpoint.permission.map { role.allows($0) } ?? true
                    let isNobodys = endpoint.route.path == "/v1/tax-rates/{country}"
                    #expect(
                        isAllowed ? answer.status == 404 || isNobodys : answer.status == 403,
                        "\(role) \(endpoint.route): \(answer.status)")
                }
                let foreign = try await world.theirs.owner.send(method, path, body)
                if endpoint.route.description == "PUT /v1/tax-rates/{country}" {
                    // A country is nobody's: each company has a rate of its own for it.
                    #expect(foreign.status == 200)
                    #expect(try await world.ours.owner.must(.get, path)["percent"] != foreign["percent"])
                } else {
                    #expect(foreign.status == 404, "\(endpoint.route): \(foreign.text)")
                    #expect(foreign["code"] == "not_found", "\(endpoint.route)")
                }
                let own = try await world.ours.owner.send(method, path, body)
                // The ids of the sample name nothing, and nothing may be too little.
                let mayRefuse = endpoint.references.isEmpty && body != [:] ? [409] : [409, 422]
                #expect(
                    own.status == endpoint.status || mayRefuse.contains(own.status),
                    "\(endpoint.route): \(own.text)")
                expectDocumented(own, endpoint)
            }
        }
    }

    @Test("answers 404 for a path that cannot name an object")
    func impossibleObjects() async throws {
        try await World.run { world in
            for endpoint in try Surface.endpoints() where !endpoint.route.placeholders.isEmpty {
                let names = [
                    "x", "ten_01h455vb4pex5vsknk084sn02q", "%00", "%FF", "%zz", "1%20OR%201=1", "..%2F..",
                    String(repeating: "a", count: 5000), "%F0%9F%92%A9", "prd_8zzzzzzzzzzzzzzzzzzzzzzzzz",
                ]
                for name in names {
                    let path = endpoint.route.path.replacing(/\{\w+\}/, with: name)
                    let answer = try await world.ours.owner.send(
                        endpoint.route.method.request, path, endpoint.body?.sample(full: false))
                    #expect(
                        answer.status == 404, "\(endpoint.route.method) \(path.prefix(80)): \(answer.text)")
                }
            }
        }
    }

    @Test("answers HEAD as GET but without a body, and other methods with 405 and what is allowed")
    func methods() async throws {
        try await World.run { world in
            for (path, endpoints) in Dictionary(grouping: try Surface.endpoints(), by: \.route.path) {
                let sample = try #require(endpoints.first).samplePath
                var allowed = Set(endpoints.map(\.route.method.rawValue))
                if allowed.contains("GET") {
                    allowed.insert("HEAD")
                    let get = try await world.ours.owner.send(.get, sample)
                    let head = try await world.ours.owner.send(.head, sample)
                    #expect(head.status == get.status, "\(path)")
                    #expect(head.text.isEmpty, "\(path)")
                }
                for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
                where !allowed.contains(method) {
                    let answer = try await world.ours.owner.send(
                        try #require(.init(rawValue: method)), sample)
                    #expect(answer.status == 405, "\(method) \(path)")
                    let allow = answer.headers[.allow]?.split(separator: ", ").map(String.init) ?? []
                    #expect(Set(allow) == allowed, "\(method) \(path)")
                }
            }
        }
    }
}

/// An answer that the description does not mention is a surprise to every client.
func expectDocumented(
    _ answer: TestClient.Answer, _ endpoint: Endpoint, _ note: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    if answer.status == endpoint.status { return }
    let known = endpoint.problems.contains {
        .integer(Int64($0.status)) == answer["status"] && .string($0.code) == answer["code"]
    }
    #expect(
        known, "\(endpoint.route) does not declare \(answer.status) \(answer["code"]) \(note)",
        sourceLocation: location)
}

extension Route.Method {
    var request: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}

extension Endpoint {
    /// The path with the schema's examples in the placeholders: well formed, and naming nothing.
    var samplePath: String {
        path.fields.reduce(route.path) { path, field in
            path.replacing("{\(field.name)}", with: field.schema.sample(full: true).text ?? "")
        }
    }

    /// The path with a new object of the maker's company, and the first line where it names one.
    func path(of maker: ObjectMaker) async throws -> String {
        route.path.replacing("{\(route.placeholders[0])}", with: try await maker.make(for: try collection))
            .replacing("{number}", with: "1")
    }

    /// What the placeholder names one of: the part of the path before it.
    var collection: Substring {
        get throws {
            try #require(
                route.placeholders.filter { $0 != "number" }.count == 1,
                "\(route): the maker knows paths of one object")
            let parts = route.path.split(separator: "/")
            let place = try #require(parts.firstIndex { $0.hasPrefix("{") })
            return parts[place - 1]
        }
    }
}
