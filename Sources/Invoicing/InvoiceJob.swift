import Kernel

/// What one request wants done to many invoices.
struct InvoiceJob: Sendable, Hashable {
    enum Operation: String, Codable, Sendable, CaseIterable {
        case finalize, void
    }

    enum State: String, Codable, Sendable, CaseIterable {
        case queued, running, finished, failed
    }

    /// More than this many are divided over several.
    static let limit = 1000

    let id: InvoiceJobID
    let operation: Operation
    /// Of a void.
    let reason: Text<1, 500>?
    let state: State
    let itemCount: Int
    /// Who asked for it; nil for an operator.
    let askedBy: UserID?
    let recordedAt: Instant
    let finishedAt: Instant?

    /// Who answers for it.
    func actor(in tenant: TenantID) -> Actor {
        Actor(askedBy.map { .user($0) } ?? .operatorCommand, role: .staff, scope: TenantScope(tenant))
    }
}

/// How far it is.
struct InvoiceJobProgress: Sendable, Hashable {
    let job: InvoiceJob
    let done: Int
    let failed: Int
}

/// What becomes of one invoice.
struct InvoiceJobItem: Sendable, Hashable {
    enum State: String, Codable, Sendable, CaseIterable {
        case waiting, done, failed
    }

    /// Counted from 1.
    let position: Int
    let invoice: InvoiceID
    let state: State
    /// Of the problem that refused it.
    let code: String?
    let detail: String?
    let endedAt: Instant?
}

/// Which invoices are meant: those that are named, or those that something holds for.
enum InvoiceSelection: Sendable {
    case ids([InvoiceID])
    /// Of those that the operation can be done to: of one customer, or of services up to a day.
    case all(of: CustomerID?, servedUntil: Day?)
}
