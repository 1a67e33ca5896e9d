import Hummingbird
import Kernel
import Logging
import Measures

/// One line for each request: method, route, status, duration, tenant; and its time among the metrics. Never
/// the raw path, the query or a header, which may hold personal data or secrets.
struct AccessLog: RouterMiddleware {
    typealias Context = WebContext

    /// A client may send any word as its method, and fill the metrics with them.
    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    let times: Timings

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        do {
            let response = try await next(request, context)
            write(request, context, status: response.status.code, since: started)
            return response
        } catch {
            write(request, context, status: nil, since: started)
            throw error
        }
    }

    private func write(
        _ request: Hummingbird.Request, _ context: WebContext, status: Int?,
        since started: ContinuousClock.Instant
    ) {
        let taken = ContinuousClock.now - started
        let (seconds, attoseconds) = taken.components
        // The router's own word for a path that it does not know is no template.
        let route = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 } ?? "unmatched"
        let method = request.method.rawValue
        times.note(
            taken,
            [
                AccessLog.methods.contains(method) ? method : "other", route,
                status.map { "\($0 / 100)xx" } ?? "none",
            ])
        var metadata: Logger.Metadata = [
            "method": "\(method)",
            "route": "\(route)",
            "duration_us": .stringConvertible(seconds * 1_000_000 + attoseconds / 1_000_000_000_000),
        ]
        // Without a status the connection broke before there was an answer.
        metadata["status"] = status.map { .stringConvertible($0) }
        metadata["tenant"] = context.noted.tenant.map { "\($0)" }
        context.logger.info("request", metadata: metadata)
    }
}
