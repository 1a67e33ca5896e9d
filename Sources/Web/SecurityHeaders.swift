import HTTPTypes
import Hummingbird

/// Headers of every answer. Unless it says otherwise, as static files do, they are those of an API: nothing
/// may be cached, framed, sniffed or run.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = WebContext

    let isBehindTLS: Bool

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        setDefault("no-store", for: .cacheControl, in: &response)
        setDefault("default-src 'none'; frame-ancestors 'none'", for: .contentSecurityPolicy, in: &response)
        if isBehindTLS { response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
        return response
    }

    private func setDefault(_ value: String, for name: HTTPField.Name, in response: inout Response) {
        if response.headers[name] == nil { response.headers[name] = value }
    }
}
