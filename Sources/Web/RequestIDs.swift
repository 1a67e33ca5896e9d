import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Gives every request an id: the caller's `X-Request-ID` when it is harmless, else a new one. The answer and
/// every log line carry it. Log lines carry the trace, too: that of the caller's `traceparent`, else a new
/// one.
struct RequestIDs: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = request.headers[.requestID].flatMap(RequestIDs.harmless) ?? RequestIDs.new()
        context.logger[metadataKey: "request_id"] = "\(context.requestID)"
        let trace = RequestIDs.trace(of: request) ?? .new()
        context.trace = trace
        context.logger[metadataKey: "trace_id"] = "\(trace)"
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }

    /// Nil for anything that could break a log line or a header.
    private static func harmless(_ text: String) -> String? {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }) ? text : nil
    }

    /// Nil unless there is one header and it is valid.
    private static func trace(of request: Hummingbird.Request) -> TraceID? {
        let headers = request.headers[values: .traceparent]
        return headers.count == 1 ? TraceID(traceparent: headers[0]) : nil
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
    static let traceparent = named("traceparent")
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
