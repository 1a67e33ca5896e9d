import Foundation
package import Kernel

/// One declaration per endpoint: from it come routing, authentication, the permission check, decoding, the
/// OpenAPI document and the list that generated tests walk. There is no other way to add a route.
package struct Endpoint: Sendable {
    package let route: Route
    /// What the actor must be allowed to do; nil for a public endpoint.
    package let permission: Permission?
    package let about: About
    /// Which quota a request counts against: that of reads for GET, else that of writes, unless `about` says.
    package let rate: RateClass
    /// The placeholders of the path, as an object.
    package let path: JSONSchema
    /// The query parameters, as an object.
    package let query: JSONSchema
    /// Nil when the endpoint takes no body.
    package let body: JSONSchema?
    /// Nil when the answer has no body.
    package let output: JSONSchema?
    /// The status of success.
    package let status: Int
    /// Whether it changes something: once for each idempotency key, and with an entry of the audit log.
    package let isChange: Bool
    /// Whether the output counts its versions, which the header ETag tells.
    package let isVersioned: Bool
    /// Decodes, calls the handler and encodes its output. Throws a `Problem` for what the caller did wrong,
    /// and whatever the handler throws. Never checks credentials: the pipeline has done so.
    package let run: @Sendable (Call, API.CarryOut) async throws -> Answer

    /// An endpoint that reads, for actors that hold `permission`. Stops the process when the declaration
    /// contradicts itself: that is a mistake of the program, and the first test to build the API finds it.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable
    >(
        _ route: Route, _ permission: Permission, _ about: About,
        _ handler: @escaping @Sendable (Request<Path, Query, Body>) async throws -> Output
    ) {
        precondition(route.method == .get, "\(route) changes something: its handler takes the change")
        let wire = Wire<Path, Query, Body, Output>(route)
        self.init(route, permission, about, wire) { input, call, _ in
            try wire.answer(
                try await handler(Request(input, call)), status: Endpoint.status(about, wire.output))
        }
    }

    /// An endpoint that calculates with what the body holds, for actors that hold `permission`. It reads and
    /// changes nothing, and is a POST because a query would be too short for its input.
    package init<Body: Codable & Sendable, Output: Codable & Sendable>(
        calculating route: Route, _ permission: Permission, _ about: About,
        _ handler: @escaping @Sendable (Request<NoPath, NoQuery, Body>) throws -> Output
    ) {
        precondition(route.path.hasPrefix("/v1/calculations/"), "\(route) does more than to calculate")
        let wire = Wire<NoPath, NoQuery, Body, Output>(route)
        self.init(route, permission, about, wire) { input, call, _ in
            try wire.answer(try handler(Request(input, call)), status: Endpoint.status(about, wire.output))
        }
    }

    /// An endpoint that answers a question which takes a body, for actors that hold `permission`: what a
    /// change would come to. It changes nothing.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable
    >(
        asking route: Route, _ permission: Permission, _ about: About,
        _ handler: @escaping @Sendable (Request<Path, Query, Body>) async throws -> Output
    ) {
        precondition(route.path.hasSuffix("/preview"), "\(route) does more than to show")
        let wire = Wire<Path, Query, Body, Output>(route)
        self.init(route, permission, about, wire) { input, call, _ in
            try wire.answer(
                try await handler(Request(input, call)), status: Endpoint.status(about, wire.output))
        }
    }

    /// An endpoint that changes something. Its handler runs inside of the change, a transaction of whoever
    /// keeps the store: the answer, the audit log's entry and what was changed are written together or not
    /// at all. It may run again after a lost race, so it has no other effects.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable, Change: Sendable
    >(
        _ route: Route, _ permission: Permission, _ about: About,
        around surround: @escaping Around<Path, Query, Body> = { _, change in try await change() },
        _ handler: @escaping @Sendable (Request<Path, Query, Body>, Change) async throws -> Effect<Output>
    ) {
        self.init(
            route, permission, about, preparing: Endpoint.nothing, around: surround
        ) { request, _, change in try await handler(request, change) }
    }

    @Sendable private static func nothing<Path, Query, Body>(_ request: Request<Path, Query, Body>) {}

    /// What must happen before the change and after it has been committed, beside the database.
    package typealias Around<Path: Sendable, Query: Sendable, Body: Sendable> =
        @Sendable (Request<Path, Query, Body>, _ change: () async throws -> Answer) async throws -> Answer

    /// As above, with work that must not be done while a transaction waits, such as hashing a password. What
    /// `prepare` returns is handed on; it has no effects either.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable, Prepared: Sendable, Change: Sendable
    >(
        _ route: Route, _ permission: Permission, _ about: About,
        preparing prepare: @escaping @Sendable (Request<Path, Query, Body>) async throws -> Prepared,
        around surround: @escaping Around<Path, Query, Body> = { _, change in try await change() },
        _ handler:
            @escaping @Sendable (Request<Path, Query, Body>, Prepared, Change) async throws
            -> Effect<Output>
    ) {
        precondition(route.method != .get, "\(route): GET changes nothing")
        let wire = Wire<Path, Query, Body, Output>(route)
        self.init(route, permission, about, wire, isChange: true) { input, call, carryOut in
            let request = try Request(input, call)
            let command = try Command(input, call, on: route, verb: about.name)
            let preparation: @Sendable () async throws -> any Sendable = { try await prepare(request) }
            let run: @Sendable (Change, Prepared) async throws -> Outcome = { change, prepared in
                let effect = try await handler(request, prepared, change)
                let status = Endpoint.status(about, wire.output)
                return try Outcome(effect, answer: wire.answer(effect.output, status: status))
            }
            let body = CommandBody(prepare: Prepared.self == Void.self ? nil : preparation, run: run)
            return try await surround(request) { try await carryOut(command, body) }
        }
    }

    /// An endpoint for everybody: sign-in, health, the API's own description.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable
    >(
        public route: Route, _ about: About,
        _ handler: @escaping @Sendable (PublicRequest<Path, Query, Body>) async throws -> Output
    ) {
        let wire = Wire<Path, Query, Body, Output>(route)
        self.init(route, nil, about, wire) { input, call, _ in
            let output = try await handler(
                PublicRequest(
                    path: input.path, query: input.query, body: input.body, host: call.host,
                    clientAddress: call.clientAddress, userAgent: call.userAgent, requestID: call.requestID))
            return try wire.answer(output, status: Endpoint.status(about, wire.output))
        }
    }

    private init<Path, Query, Body, Output>(
        _ route: Route, _ permission: Permission?, _ about: About, _ wire: Wire<Path, Query, Body, Output>,
        isChange: Bool = false,
        _ answer:
            @escaping @Sendable (Wire<Path, Query, Body, Output>.Input, Call, API.CarryOut) async throws
            -> Answer
    ) {
        // Only public endpoints (health) may live outside the versioned API.
        precondition(route.path.hasPrefix(permission == nil ? "/" : "/v1/"), "\(route) must begin with /v1/")
        self.route = route
        self.permission = permission
        self.about = about
        self.rate = about.rate ?? (route.method == .get ? .read : .write)
        self.path = wire.path.schema
        self.query = wire.query.schema
        self.body = wire.takesBody ? wire.body.schema : nil
        self.output = wire.output
        self.status = Endpoint.status(about, wire.output)
        self.isChange = isChange
        self.isVersioned = wire.isVersioned
        self.run = { call, carryOut in try await answer(try wire.input(call), call, carryOut) }
    }

    private static func status(_ about: About, _ output: JSONSchema?) -> Int {
        about.status ?? (output == nil ? 204 : 200)
    }
}

extension Request {
    /// The pipeline calls only after it has found the actor; without one nobody may do anything.
    init<Output>(_ input: Wire<Path, Query, Body, Output>.Input, _ call: Call) throws(Problem) {
        guard let actor = call.actor else { throw .unauthenticated }
        self.init(
            path: input.path, query: input.query, body: input.body, actor: actor,
            clientAddress: call.clientAddress, requestID: call.requestID)
    }
}

extension Command {
    init<Path, Query, Body, Output>(
        _ input: Wire<Path, Query, Body, Output>.Input, _ call: Call, on route: Route, verb: String
    ) throws {
        guard let actor = call.actor else { throw Problem.unauthenticated }
        let place = route.placeholders.reduce(route.description) { place, name in
            place.replacing("{\(name)}", with: input.names[name] ?? "")
        }
        self.init(
            actor: actor, verb: verb, subject: route.placeholders.first.flatMap { input.names[$0] },
            requestID: call.requestID,
            key: try call.idempotencyKey.map {
                try IdempotencyKey($0, place: place, content: WireFormat.encode(input.content))
            },
            condition: try call.ifMatch.map { try VersionCondition($0) })
        trace = call.trace
    }
}

extension Endpoint {
    /// Where its documentation stands, relative to the API: its chapter's page and its own place there.
    package var documentation: String {
        let chapter = about.tag.lowercased().replacing(" ", with: "-")
        return "/docs/reference/\(chapter)#\(about.name)"
    }
}
