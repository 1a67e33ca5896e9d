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
    /// Decodes, calls the handler and encodes its output. Throws a `Problem` for what the caller did wrong,
    /// and whatever the handler throws. Never checks credentials: the pipeline has done so.
    package let run: @Sendable (Call) async throws -> Answer

    /// An endpoint for actors that hold `permission`. Stops the process when the declaration contradicts
    /// itself: that is a mistake of the program, and the first test to build the API finds it.
    package init<
        Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable,
        Output: Codable & Sendable
    >(
        _ route: Route, _ permission: Permission, _ about: About,
        _ handler: @escaping @Sendable (Request<Path, Query, Body>) async throws -> Output
    ) {
        self.init(route, permission, about, Wire<Path, Query, Body, Output>(route)) { input, call in
            // The pipeline calls only after it has found the actor; without one nobody may do anything.
            guard let actor = call.actor else { throw Problem.unauthenticated }
            return try await handler(
                Request(
                    path: input.path, query: input.query, body: input.body, actor: actor,
                    requestID: call.requestID))
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
        self.init(route, nil, about, Wire<Path, Query, Body, Output>(route)) { input, call in
            try await handler(
                PublicRequest(
                    path: input.path, query: input.query, body: input.body, host: call.host,
                    clientAddress: call.clientAddress, requestID: call.requestID))
        }
    }

    private init<Path, Query, Body, Output>(
        _ route: Route, _ permission: Permission?, _ about: About, _ wire: Wire<Path, Query, Body, Output>,
        _ handle: @escaping @Sendable (Wire<Path, Query, Body, Output>.Input, Call) async throws -> Output
    ) {
        // Only public endpoints (health) may live outside the versioned API.
        precondition(route.path.hasPrefix(permission == nil ? "/" : "/v1/"), "\(route) must begin with /v1/")
        let status = about.status ?? (wire.output == nil ? 204 : 200)
        self.route = route
        self.permission = permission
        self.about = about
        self.rate = about.rate ?? (route.method == .get ? .read : .write)
        self.path = wire.path.schema
        self.query = wire.query.schema
        self.body = wire.takesBody ? wire.body.schema : nil
        self.output = wire.output
        self.status = status
        self.run = { call in
            try wire.answer(try await handle(try wire.input(call), call), status: status)
        }
    }
}
