/// What went wrong, as the caller is told it: an RFC 9457 problem before it becomes a response.
///
/// A capability declares its own as static lets (`CatalogProblem`); the code is stable, the sentence public.
/// Never put secrets, personal data or a driver's message into one.
package struct Problem: Error, Hashable, Sendable {
    /// Stable and machine-readable, in snake_case: `price_in_use`.
    package let code: String
    /// The HTTP status.
    package let status: Int
    /// One sentence for people that says what to do next.
    package let detail: String
    /// The fields that are wrong, for 400 and 422.
    package let errors: [FieldError]
    /// When it is worth trying again, where that is known.
    package let retryAfterSeconds: Int64?

    package init(
        _ code: String, status: Int, _ detail: String, errors: [FieldError] = [],
        retryAfterSeconds: Int64? = nil
    ) {
        self.code = code
        self.status = status
        self.detail = detail
        self.errors = errors
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The same problem about particular fields, or told with more particulars.
    package func with(detail: String? = nil, errors: [FieldError] = []) -> Problem {
        Problem(
            code, status: status, detail ?? self.detail, errors: errors,
            retryAfterSeconds: retryAfterSeconds)
    }
}

/// One field that was refused: where (a JSON pointer such as `/prices/0/amount`, or a query name) and why.
package struct FieldError: Hashable, Sendable, Codable {
    package let pointer: String
    package let message: String

    package init(_ pointer: String, _ message: String) {
        self.pointer = pointer
        self.message = message
    }
}

extension Problem {
    package static let notFound = Problem("not_found", status: 404, "There is no such object.")
    package static let invalid = Problem(
        "invalid", status: 422, "Some fields are not valid; each is listed in errors.")
    package static let unauthenticated = Problem(
        "unauthenticated", status: 401, "Sign in first: send a valid access token as Authorization: Bearer.")
    package static let forbidden = Problem(
        "forbidden", status: 403, "Your role does not allow this. Ask an owner or admin of your company.")
    package static let stale = Problem(
        "changed_meanwhile", status: 409, "Somebody changed this object meanwhile. Read it again and repeat.")
    package static let unavailable = Problem(
        "unavailable", status: 503, "The service is busy. Try again shortly.", retryAfterSeconds: 2)
    /// The answer to COMMIT was lost.
    package static let outcomeUnknown = Problem(
        "outcome_unknown", status: 503,
        "The database was lost while this was being kept, so it may or may not have been done. Repeat it "
            + "with the same Idempotency-Key; if you sent none, look first.", retryAfterSeconds: 2)
}
