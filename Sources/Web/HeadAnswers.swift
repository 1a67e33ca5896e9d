import HTTPTypes
import Hummingbird

/// The answer to HEAD has no body, whatever it is: the server would write one after a problem, and the client
/// would take it for the beginning of the next answer.
struct HeadAnswers: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
