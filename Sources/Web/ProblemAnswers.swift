import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Turns whatever was thrown into a problem. Of an unexpected error the client learns nothing but the request
/// id, and the log nothing but its type and what `errorDetail` lets through.
struct ProblemAnswers: RouterMiddleware {
    typealias Context = WebContext

    private let settings: API.Settings

    init(_ settings: API.Settings) {
        self.settings = settings
    }

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let broken as BrokenTransport {
            throw broken.cause
        } catch {
            let problem = problem(error, context)
            var response = try problem.answer(requestID: context.requestID).response
            if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
            return response
        }
    }

    private func problem(_ error: any Error, _ context: WebContext) -> Problem {
        if let problem = error as? Problem { return problem }
        // The router's way to say that no route matches.
        if let error = error as? HTTPError, error.status == .notFound { return .noSuchPath }
        if error is CancellationError { return .unavailable }
        var metadata: Logger.Metadata = ["error_type": "\(String(reflecting: type(of: error)))"]
        metadata["error_detail"] = settings.errorDetail(error).map { "\($0)" }
        metadata["route"] = context.endpointPath.map { "\($0)" }
        metadata["tenant"] = context.noted.tenant.map { "\($0)" }
        if let problem = settings.problem(error) {
            context.logger.warning("request refused", metadata: metadata)
            return problem
        }
        context.logger.error("request failed", metadata: metadata)
        return .internalError
    }
}
