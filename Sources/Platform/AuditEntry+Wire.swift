import Foundation
import Kernel
import Web

struct AuditPath: Codable, Sendable {
    let id: AuditEntryID
}

struct AuditQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let userId: UserID?
    let actorKind: AuditEntry.ActorKind?
    let objectId: Text<1, 100>?
    let verb: Text<1, 100>?
    let from: Instant?
    let until: Instant?

    var filter: AuditFilter {
        AuditFilter(
            user: userId, actorKind: actorKind, objectID: objectId?.text, verb: verb?.text, from: from,
            until: until)
    }
}

struct AuditEntryBody: Codable, Sendable {
    let id: AuditEntryID
    let actorKind: AuditEntry.ActorKind
    /// Set when the actor is a user.
    let userId: UserID?
    /// The operation's name in this document: `archiveProduct`.
    let verb: String
    let objectId: String?
    let customerId: CustomerID?
    let requestId: String?
    let recordedAt: Instant
    /// SHA-256, hexadecimal; what it is of stands in the guide.
    let digest: String
}

struct AuditDetail: Codable, Sendable {
    let entry: AuditEntryBody
    /// The object before the change; null when there was none, or the body was erased.
    let before: JSONValue?
    let after: JSONValue?
    /// 16 bytes, hexadecimal; null when the body was erased.
    let salt: String?
}

extension AuditEntryBody {
    init(_ entry: AuditEntry) {
        self.init(
            id: entry.id, actorKind: entry.actorKind, userId: entry.user, verb: entry.verb,
            objectId: entry.objectID, customerId: entry.customer, requestId: entry.requestID,
            recordedAt: entry.recordedAt, digest: entry.digest)
    }
}

extension AuditDetail {
    init(_ found: (entry: AuditEntry, body: AuditBody?)) throws {
        self.init(
            entry: AuditEntryBody(found.entry), before: try found.body?.before?.decode(),
            after: try found.body?.after?.decode(),
            salt: found.body?.salt.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
