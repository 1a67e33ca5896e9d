/// Why a command has no answer.
///
/// The server's own words are not kept: they quote keys, values and scripts.
package enum RedisError: Error, Hashable, Sendable {
    /// There is no connection, or it broke before the answer: the command may or may not have happened.
    case unavailable
    /// No answer within the time limit: the command may or may not have happened.
    case timedOut
    /// Too many commands wait for their answers already; this one was not sent.
    case busy
    /// The server refused, with the word that begins its message: `WRONGTYPE`, `NOAUTH`, `OOM`.
    case refused(code: String)
    /// The answer is not one that the protocol or the command allows.
    case malformed
}

/// No connection could be opened. The reason names hosts and files, never a password: for the operator's log,
/// not for a caller.
package struct RedisUnreachable: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}
