package import Kernel

/// PostgreSQL refused a statement, or the connection to it broke.
///
/// `description` is empty on purpose: whoever prints errors must not print a driver's words, which quote
/// values.
package struct PostgresError: Error, Hashable, Sendable {
    /// Five characters of PostgreSQL's appendix A, such as `23505`.
    package let sqlState: String
    /// The constraint that was broken, when the server names one.
    package let constraint: String?
    /// The table, when the server names one.
    package let table: String?
    /// The plan of a prepared statement no longer fits its table; the connection has dropped the statement.
    let isStalePlan: Bool

    package init(sqlState: String, constraint: String? = nil, table: String? = nil) {
        self.init(sqlState: sqlState, constraint: constraint, table: table, isStalePlan: false)
    }

    init(sqlState: String, constraint: String?, table: String?, isStalePlan: Bool) {
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.isStalePlan = isStalePlan
    }

    /// The answer to COMMIT was lost: the transaction may or may not have happened. Never retried.
    package static let commitUnknown = PostgresError(sqlState: "08007")
    /// The connection broke before the statement was answered; an open transaction is gone.
    package static let connectionLost = PostgresError(sqlState: "08006")
    /// What a transaction throws that found its rows changed since it read them: `Database.write` repeats it.
    package static let serializationFailure = PostgresError(sqlState: "40001")
    /// A statement after one that failed: the transaction can only be rolled back.
    static let transactionFailed = PostgresError(sqlState: "25P02")

    package var isUniqueViolation: Bool { sqlState == "23505" }
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// Ended by a statement's time limit or by a request to cancel; the server does not tell which.
    package var isCancelled: Bool { sqlState == "57014" }

    /// The database cannot be reached (class 08), is going down or coming up (57P), or is short of something
    /// such as disk (53). Nothing is wrong with the statement, and it passes.
    package var isOutage: Bool {
        sqlState.hasPrefix("08") || sqlState.hasPrefix("57P") || sqlState.hasPrefix("53")
    }

    /// Others kept it from what it needed until a limit: a lock, or the end of the repetitions.
    package var isBusy: Bool { sqlState == "55P03" || isCancelled || isTransient }

    /// Whether the same transaction, run again, may well succeed: a serialization failure or a deadlock.
    package var isTransient: Bool { sqlState == "40001" || sqlState == "40P01" || isStalePlan }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "" }

    package var debugDescription: String {
        "PostgreSQL \(sqlState)" + (constraint.map { ", constraint \($0)" } ?? "")
    }
}

/// No connection could be opened. The reason is libpq's and names hosts and roles, never a password: for the
/// operator's log, not for a caller.
package struct ConnectionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// A `Transaction` was used after the closure that it was made for had ended.
package struct TransactionEnded: Error, Hashable, Sendable {}

/// Runs `body` and turns the violation of a constraint with one of these names into its problem; any other
/// error passes through.
///
///     try await refusing(["products_code_key": CatalogProblem.codeTaken]) { try await tx.run(insert) }
@discardableResult
package func refusing<Value>(
    _ problems: [String: Problem], _ body: () async throws -> Value
) async throws -> Value {
    do {
        return try await body()
    } catch let error as PostgresError {
        if let constraint = error.constraint, let problem = problems[constraint] { throw problem }
        throw error
    }
}
