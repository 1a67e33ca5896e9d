import HTTPTypes
import Hummingbird
package import Kernel

/// Tells every client that was counted what its quota is and what is left of it, whatever it was answered,
/// in the fields of the IETF's draft "RateLimit header fields for HTTP".
struct RateLimitHeaders: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let rate = context.noted.rate else { return response }
        response.headers[.rateLimitPolicy] = "\"\(rate.policy)\";q=\(rate.quota);w=\(rate.windowSeconds)"
        response.headers[.rateLimit] = "\"\(rate.policy)\";r=\(rate.remaining);t=\(rate.resetSeconds)"
        return response
    }
}

extension Problem {
    /// Says when to come back, in the sentence and in the header Retry-After.
    package static func rateLimited(retryAfterSeconds: Int64) -> Problem {
        Problem(
            rateLimited.code, status: rateLimited.status, rateLimited.detail,
            retryAfterSeconds: max(1, retryAfterSeconds))
    }

    package static let rateLimited = Problem(
        "rate_limited", status: 429,
        "Too many requests. Wait as many seconds as the header Retry-After says, then go on more slowly.")
}
