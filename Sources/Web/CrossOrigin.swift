import HTTPTypes
import Hummingbird
package import Kernel
import Logging

/// Whose answer a page of another origin would like to read.
package enum OriginAudience: Hashable, Sendable {
    /// The company's whose user the token names.
    case tenant(TenantID)
    /// That of the company to which the host leads, if it leads to one: the request named nobody.
    case host(HostName?)
    /// Not known yet, since a preflight comes without a token: the host's company, or else any.
    case preflight(HostName?)
}

/// Lets pages of the origins that a company lists read its answers (CORS, in the standard Fetch). It only
/// ever adds headers: a request from elsewhere is carried out as any other, for it proves itself by its token
/// and never by where it comes from.
struct CrossOrigin: RouterMiddleware {
    typealias Context = WebContext

    let gate: Gate
    let trustedProxies: Int

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let header = request.headers[.origin] else { return response }
        response.headers[.vary] = HTTPField.Name.origin.rawName
        guard let origin = Origin(header) else { return response }
        if let method = request.headers[.accessControlRequestMethod], request.method == .options {
            // The router has refused it, and said of which methods there is an endpoint here.
            guard let methods = response.headers[.allow],
                methods.split(separator: ", ").contains(method[...]),
                await isCounted(request, context),
                await isAllowed(origin, .preflight(request.host), context)
            else { return response }
            return CrossOrigin.consent(to: origin, methods: methods)
        }
        let audience = context.noted.tenant.map(OriginAudience.tenant) ?? .host(request.host)
        guard await isAllowed(origin, audience, context) else { return response }
        response.headers[.accessControlAllowOrigin] = origin.text
        response.headers[.accessControlExposeHeaders] = CrossOrigin.exposed
        return response
    }

    /// What a program reads of an answer beside its body.
    private static let exposed = [
        HTTPField.Name.eTag, .rateLimit, .rateLimitPolicy, .retryAfter, .requestID, .idempotentReplayed,
        .deprecation, .sunset,
    ].map(\.rawName).joined(separator: ", ")

    /// What a program sends beside the body.
    private static let sent = [
        HTTPField.Name.authorization, .contentType, .idempotencyKey, .ifMatch, .requestID,
    ].map(\.rawName).joined(separator: ", ")

    private static func consent(to origin: Origin, methods: String) -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: origin.text, .accessControlAllowMethods: methods,
                .accessControlAllowHeaders: sent, .vary: HTTPField.Name.origin.rawName,
                // Ten minutes: so long a browser may go by an origin that was taken from the list.
                .accessControlMaxAge: "600",
            ])
    }

    /// Nobody is known yet, so the address is counted: looking for an origin costs a query.
    private func isCounted(_ request: Hummingbird.Request, _ context: WebContext) async -> Bool {
        let address = ClientAddress(of: request, context, trustedProxies: trustedProxies)
        do {
            try await gate.count(.client(address), .read, context.noted)
            return true
        } catch {
            return false
        }
    }

    /// Where it cannot be found out, the answer goes out and the page does not see it.
    private func isAllowed(
        _ origin: Origin, _ audience: OriginAudience, _ context: WebContext
    ) async -> Bool {
        do {
            return try await gate.allowOrigin(origin, audience)
        } catch {
            context.logger.warning(
                "origin not looked up", metadata: ["error_type": "\(String(reflecting: type(of: error)))"])
            return false
        }
    }
}
