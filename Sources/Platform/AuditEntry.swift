import Crypto
import Foundation
import Kernel
import Postgres
import Web

/// What somebody did: the header, which stays, and the body, which may be erased when the law wants personal
/// data gone. The header's digest still proves what the body was.
struct AuditEntry: Sendable {
    /// Who did it: `user`, `operator` for the command line, `automation` for schedules.
    enum ActorKind: String, Codable, Sendable, CaseIterable {
        case user
        case operatorCommand = "operator"
        case automation
    }

    let id: AuditEntryID
    let actorKind: ActorKind
    /// Nil when the actor is no user.
    let user: UserID?
    /// The operation's name, `archiveProduct`.
    let verb: String
    /// The id of what was changed, or what the path named; nil for the company itself.
    let objectID: String?
    let customer: CustomerID?
    let requestID: String?
    let recordedAt: Instant
    /// SHA-256 over the body's salt, before and after, each behind its length; hexadecimal.
    let digest: String
}

/// The object before and after. Either is nil where there was, or is, nothing.
struct AuditBody: Sendable {
    let before: JSONText?
    let after: JSONText?
    /// So that nobody finds a short erased body by trying: 16 random bytes.
    let salt: [UInt8]

    init(before: JSONText?, after: JSONText?, salt: [UInt8]) {
        self.before = before
        self.after = after
        self.salt = salt
    }

    init(_ outcome: Outcome) throws {
        self.init(
            before: try outcome.before.map { try JSONText(encoding: $0) },
            after: try outcome.after.map { try JSONText(encoding: $0) },
            salt: (0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    var digest: String {
        var hash = SHA256()
        for part in [Data(salt), Data((before?.text ?? "").utf8), Data((after?.text ?? "").utf8)] {
            hash.update(data: Data("\(part.count):".utf8) + part)
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension AuditEntry {
    init(of command: Command, _ outcome: Outcome, _ body: AuditBody, at now: Instant) {
        switch command.actor.kind {
        case .user(let user):
            actorKind = .user
            self.user = user
        case .operatorCommand:
            actorKind = .operatorCommand
            user = nil
        case .automation:
            actorKind = .automation
            user = nil
        }
        id = .new()
        verb = command.verb
        objectID = outcome.objectID ?? command.subject
        customer = command.actor.scope.customer ?? outcome.customer
        requestID = command.requestID
        recordedAt = now
        digest = body.digest
    }

    /// The statements that keep what a command did, in the transaction that did it.
    static func keeping(
        _ command: Command, _ outcome: Outcome, tenant: TenantID, at now: Instant
    ) throws -> [SQL] {
        let body = try AuditBody(outcome)
        return AuditEntry(of: command, outcome, body, at: now).insertion(of: body, tenant: tenant)
    }
}
