import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Gives every request an id: the caller's `X-Request-ID` when it is harmless, else a new one. The answer and
/// every log line carry it.
struct RequestIDs: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = request.headers[.requestID].flatMap(RequestIDs.harmless) ?? RequestIDs.new()
        context.logger[metadataKey: "request_id"] = "\(context.requestID)"
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }

    /// Nil for anything that could break a log line or a header.
    private static func harmless(_ text: String) -> String? {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }) ? text : nil
    }

    private static func new() -> String {
        "req_" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt32.random(in: .min ... .max), radix: 36)
    }
}

extension HTTPField.Name {
    static let requestID = named("X-Request-ID")
    static let deprecation = named("Deprecation")
    static let sunset = named("Sunset")
    static let link = named("Link")
    static let referrerPolicy = named("Referrer-Policy")
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let forwardedFor = named("X-Forwarded-For")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")

    private static func named(_ text: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(text)") else {
            // Only a typing error in this file leads here.
            preconditionFailure("\(text) is not a header name")
        }
        return name
    }
}
