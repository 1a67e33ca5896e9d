import HTTPTypes
import Hummingbird

/// Headers of every answer. They are those of an API that serves no pages: nothing may be framed, sniffed or
/// run, nor cached unless its endpoint says so.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = WebContext

    let isBehindTLS: Bool

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if isBehindTLS { response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
        return response
    }
}
