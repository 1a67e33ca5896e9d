package import Foundation
package import Kernel

/// A change as it was asked for: by whom, what, and on which conditions.
package struct Command: Sendable {
    package let actor: Actor
    /// The operation's name, `archiveProduct`: what the audit log calls it.
    package let verb: String
    /// What the path names, such as a product's id; nil when it names nothing.
    package let subject: String?
    /// Nil when no request asked for it: the command line, a schedule.
    package let requestID: String?
    /// Nil when nothing traced it.
    package internal(set) var trace: TraceID?
    package let key: IdempotencyKey?
    /// Of the header If-Match; nil without it.
    package let condition: VersionCondition?

    /// What the command line or a schedule does.
    package init(_ verb: String, by actor: Actor) {
        self.init(actor: actor, verb: verb, subject: nil, requestID: nil, key: nil, condition: nil)
    }

    init(
        actor: Actor, verb: String, subject: String?, requestID: String?, key: IdempotencyKey?,
        condition: VersionCondition?
    ) {
        self.actor = actor
        self.verb = verb
        self.subject = subject
        self.requestID = requestID
        self.key = key
        self.condition = condition
    }
}

/// What a command does, free of the types of the store that opens its change: whoever opens another than
/// the handler was written for is a mistake of the program.
package struct CommandBody: Sendable {
    /// Before the transaction; nil when there is nothing to prepare.
    package let prepare: (@Sendable () async throws -> any Sendable)?
    /// Inside of it, with what was prepared.
    package let run: @Sendable (_ change: any Sendable, _ prepared: any Sendable) async throws -> Outcome

    init<Change: Sendable, Prepared: Sendable>(
        prepare: (@Sendable () async throws -> any Sendable)?,
        run: @escaping @Sendable (Change, Prepared) async throws -> Outcome
    ) {
        self.prepare = prepare
        self.run = { change, prepared in
            guard let change = change as? Change, let prepared = prepared as? Prepared else {
                preconditionFailure("a \(Change.self) was awaited, not a \(type(of: change))")
            }
            return try await run(change, prepared)
        }
    }
}

/// The name that a client gave to a request, so that it is carried out once however often it is sent.
package struct IdempotencyKey: Sendable {
    static let rule = "must be 1 to 255 visible ASCII characters"

    /// As the header Idempotency-Key has it.
    package let text: String
    /// Method and path: the same name elsewhere is another one.
    package let place: String
    /// Query and body in a form that does not depend on the order of names. It may hold secrets: keep no more
    /// than a keyed hash of it.
    package let content: Data

    /// Throws `invalid` for a header that is no key.
    init(_ text: String, place: String, content: Data) throws(Problem) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid.with(errors: [FieldError("Idempotency-Key", IdempotencyKey.rule)])
        }
        self.text = text
        self.place = place
        self.content = content
    }
}

/// The header If-Match of RFC 9110, section 13.1.1, over versions: an object's entity tag is its version in
/// quotes.
package enum VersionCondition: Hashable, Sendable {
    /// `*`: whichever version it is, the object must be there.
    case any
    case oneOf(Set<Int>)

    static let rule = #"must be the ETag of an answer, such as "3", or *"#
    /// As JSON Schema writes it: entity tags of RFC 9110 section 8.8.3, in ASCII.
    static let pattern = #"^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$"#

    /// Throws `invalid` for a header that holds no entity tags. One that we never made is no object's.
    init(_ header: String) throws(Problem) {
        if header == "*" {
            self = .any
            return
        }
        var versions: Set<Int> = []
        for tag in header.split(separator: ",", omittingEmptySubsequences: false) {
            let tag = tag.trimmingCharacters(in: .whitespaces)
            guard let match = tag.wholeMatch(of: /(W\/)?"([\x21\x23-\x7E]*)"/) else {
                throw .invalid.with(errors: [FieldError("If-Match", VersionCondition.rule)])
            }
            // If-Match compares strongly: a weak tag never fits.
            if match.1 == nil, let version = Int(match.2) { versions.insert(version) }
        }
        self = .oneOf(versions)
    }

    /// Throws `preconditionFailed` unless an object of this version, nil for none, fits.
    package func check(_ version: Int?) throws(Problem) {
        let fits =
            switch self {
            case .any: version != nil
            case .oneOf(let versions): version.map(versions.contains) ?? false
            }
        if !fits { throw .preconditionFailed }
    }
}

extension Problem {
    package static let preconditionFailed = Problem(
        "precondition_failed", status: 412,
        "The object is not in the version that If-Match asks for. Read it again and decide anew.")
    package static let idempotencyKeyReused = Problem(
        "idempotency_key_reused", status: 409,
        "This Idempotency-Key was sent before with another request. Take a new key for a new request.")
}
