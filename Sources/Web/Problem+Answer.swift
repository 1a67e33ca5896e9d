import Foundation
package import Kernel

/// A problem on the wire: `application/problem+json` of RFC 9457, with our code, request id and field errors.
package struct ProblemBody: Codable, Sendable {
    package static let contentType = "application/problem+json"

    /// A reference relative to the API: the documentation of the code.
    package let type: String
    package let title: String
    package let status: Int
    package let detail: String
    /// Stable and machine-readable.
    package let code: String
    package let requestId: String
    /// The fields that were refused; left out when there are none.
    package let errors: [FieldError]?

    /// The problem as this request's answer tells it.
    package init(_ problem: Problem, requestID: String) {
        type = problem.documentation
        title = problem.title
        status = problem.status
        detail = problem.detail
        code = problem.code
        requestId = requestID
        errors = problem.errors.isEmpty ? nil : problem.errors
    }
}

extension Problem {
    /// Where its documentation stands, relative to the API.
    package var documentation: String { "/docs/problems#\(code)" }

    /// The code in words.
    package var title: String {
        let words = code.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    func answer(requestID: String) throws -> Answer {
        Answer(
            status: status, contentType: ProblemBody.contentType,
            body: try WireFormat.encode(ProblemBody(self, requestID: requestID)))
    }
}

// What the pipeline itself answers.
extension Problem {
    /// `detail` says what and where, never what the body holds.
    package static func malformedJSON(_ detail: String) -> Problem {
        Problem("malformed_json", status: 400, detail)
    }

    /// What is answered before any endpoint is known.
    package static let ofThePipeline = [noSuchPath, methodNotAllowed]

    package static let noSuchPath = Problem("no_such_path", status: 404, "The API has no such path.")
    package static let methodNotAllowed = Problem(
        "method_not_allowed", status: 405, "This path exists, but not for this method; see the Allow header.")
    package static let tooLarge = Problem(
        "too_large", status: 413, "The body is larger than this API accepts.")
    package static let unsupportedMediaType = Problem(
        "unsupported_media_type", status: 415, "Send the body as Content-Type: application/json.")
    package static let internalError = Problem(
        "internal", status: 500, "Something went wrong on our side. Quote the request id when you report it.")
    package static let timedOut = Problem(
        "timed_out", status: 503, "The request took too long and was given up. Try again shortly.",
        retryAfterSeconds: 2)

    /// Names what is missing, so that an admin knows what to grant.
    package static func missing(_ permission: Permission) -> Problem {
        .forbidden.with(
            detail: "Your role does not have the permission \(permission.name). "
                + "Ask an owner or admin of your company.")
    }
}
