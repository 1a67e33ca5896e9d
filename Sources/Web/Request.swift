package import Kernel

/// What the handler of an endpoint with a permission gets: everything is decoded and checked, the actor may
/// do it.
package struct Request<Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    package let path: Path
    package let query: Query
    package let body: Body
    package let actor: Actor
    package let requestID: String
}

/// What the handler of a public endpoint gets. Nobody has signed in, so there is no actor and no tenant.
package struct PublicRequest<Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    package let path: Path
    package let query: Query
    package let body: Body
    /// The host that the client asked for, without its port; nil when it sent none or no host name.
    package let host: HostName?
    /// Where the client is, for limits; nil when it is not known.
    package let clientAddress: ClientAddress?
    package let requestID: String
}

/// The path has no placeholders.
package struct NoPath: Codable, Sendable {}

/// The endpoint takes no query parameters, and refuses those that are sent.
package struct NoQuery: Codable, Sendable {}

/// The endpoint takes no body; an empty one and `{}` are let pass.
package struct NoBody: Codable, Sendable {}

/// The answer is 204 without a body.
package struct NoContent: Codable, Sendable {
    package init() {}
}
