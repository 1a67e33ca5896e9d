package import Kernel

/// What the handler of an endpoint with a permission gets: everything is decoded and checked, the actor may
/// do it.
package struct Request<Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    package let path: Path
    package let query: Query
    package let body: Body
    package let actor: Actor
    /// As in `PublicRequest`.
    package let clientAddress: ClientAddress?
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
    /// What the client says it is, cut short; nil when it says nothing.
    package let userAgent: String?
    package let requestID: String

    package var caller: Caller { Caller(address: clientAddress, userAgent: userAgent) }
}

/// Where a request comes from, as far as it is known.
package struct Caller: Hashable, Sendable {
    package let address: ClientAddress?
    package let userAgent: String?

    package init(address: ClientAddress?, userAgent: String?) {
        self.address = address
        self.userAgent = userAgent
    }
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
