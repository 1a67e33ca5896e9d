import Kernel
import Platform
import Postgres
import Web

/// What is done to many invoices at once: a row says what was asked, a row for each invoice what became of
/// it, and a job does one after the other, each in a transaction of its own. Whoever takes the job over from
/// a worker that was lost goes on where that one ended.
struct InvoiceJobs: Sendable {
    private let database: Database
    private let invoices: Invoices
    private let clock: RealClock

    init(database: Database, invoices: Invoices, clock: RealClock) {
        self.database = database
        self.invoices = invoices
        self.clock = clock
    }

    /// Throws `unusableBatch` for more invoices than one can have, and `unknownInvoice` about each that is
    /// not there.
    func ask(
        _ operation: InvoiceJob.Operation, _ selection: InvoiceSelection, reason: Text<1, 500>?,
        in change: Change
    ) async throws -> InvoiceJobProgress {
        let found = try await InvoiceJob.invoices(selection, for: operation, in: change.tx)
        if found.count > InvoiceJob.limit {
            throw InvoicingProblem.unusableBatch.with(
                detail: "More than \(InvoiceJob.limit) invoices are meant. Divide them over several.")
        }
        if case .ids(let ids) = selection, found.count < ids.count {
            let known = Set(found.map(\.id))
            throw InvoicingProblem.unknownInvoice.with(
                errors: ids.indices.filter { !known.contains(ids[$0]) }.map {
                    FieldError("/invoice_ids/\($0)", "is not one of your invoices")
                })
        }
        var user: UserID?
        if case .user(let id) = change.actor.kind { user = id }
        let job = InvoiceJob(
            id: .new(), operation: operation, reason: reason, state: .queued, itemCount: found.count,
            askedBy: user, recordedAt: change.now, finishedAt: nil)
        try await job.insert(found, in: change.tx)
        try await Job.ask(
            for: InvoiceJobs.kind, JSONText(encoding: ToDo(batch: job.id)), in: change.tx, at: change.now)
        return InvoiceJobProgress(job: job, done: 0, failed: 0)
    }

    func read(_ id: InvoiceJobID, _ scope: TenantScope) async throws -> InvoiceJobProgress {
        try await database.read(scope) { tx in
            guard let found = try await InvoiceJob.find(id, in: tx) else { throw Problem.notFound }
            return found
        }
    }

    func list(_ page: PageRequest, _ scope: TenantScope) async throws -> Page<InvoiceJobProgress> {
        try await database.read(scope) { tx in try await InvoiceJob.list(page, in: tx) }
    }

    func items(
        of id: InvoiceJobID, _ state: InvoiceJobItem.State?, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<InvoiceJobItem> {
        try await database.read(scope) { tx in
            guard try await InvoiceJob.find(id, in: tx) != nil else { throw Problem.notFound }
            return try await InvoiceJobItem.list(of: id, state, page, in: tx)
        }
    }
}

// The job.
extension InvoiceJobs {
    private static let kind = "invoice_batch"

    /// The payload of the job.
    private struct ToDo: Codable {
        let batch: InvoiceJobID
    }

    var job: JobDefinition {
        JobDefinition(InvoiceJobs.kind) { scope, payload in
            try await carryOut(payload.decode(ToDo.self).batch, scope)
        } giveUp: { tx, payload in
            try await InvoiceJob.end(payload.decode(ToDo.self).batch, .failed, in: tx, at: clock.now())
        }
    }

    private func carryOut(_ id: InvoiceJobID, _ scope: TenantScope) async throws {
        let taken = try await database.write(scope) { tx in try await InvoiceJob.take(id, in: tx) }
        guard let job = taken else { return }
        // Each turn ends one of them, so it ends.
        while try await next(of: job, scope) { try Task.checkCancellation() }
        try await database.write(scope) { tx in
            try await InvoiceJob.end(id, .finished, in: tx, at: clock.now())
        }
    }

    /// Does the next that waits. False when none does.
    private func next(of job: InvoiceJob, _ scope: TenantScope) async throws -> Bool {
        let waiting = try await database.read(scope) { tx in
            try await InvoiceJobItem.waiting(of: job.id, in: tx)
        }
        guard let item = waiting else { return false }
        do {
            try await database.write(scope) { tx in
                guard try await item.isOurs(of: job.id, in: tx) else { return }
                let now = clock.now()
                let change = Change(tx, by: job.actor(in: scope.tenant), doing: job.verb, at: now)
                try await perform(job, on: item.invoice, in: change)
                try await item.end(of: job.id, nil, in: tx, at: now)
            }
        } catch {
            guard !Task.isCancelled, let problem = InvoiceJobs.refusal(error) else { throw error }
            try await database.write(scope) { tx in
                try await item.end(of: job.id, problem, in: tx, at: clock.now())
            }
        }
        return true
    }

    /// What is wrong with the invoice; nil for what is wrong with the world, and passes.
    private static func refusal(_ error: any Error) -> Problem? {
        switch error {
        case let problem as Problem: problem.status >= 500 || problem == .stale ? nil : problem
        case let error as PostgresError where error.isOutage || error.isBusy: nil
        case is CancellationError: nil
        // One that trips over a mistake of ours does not stop the others.
        default: InvoicingProblem.failed
        }
    }

    private func perform(_ job: InvoiceJob, on invoice: InvoiceID, in change: Change) async throws {
        let done =
            switch job.operation {
            case .finalize: try await invoices.finalize(invoice, in: change)
            case .void: try await invoices.void(invoice, reason: try job.requireReason, in: change)
            }
        try await Commands.record(
            change.command.verb, by: change.actor, InvoiceBody(done.after, for: change.actor), in: change.tx,
            at: change.now)
    }
}

extension InvoiceJob {
    /// As the audit log names it when it is done alone.
    fileprivate var verb: String {
        switch operation {
        case .finalize: "finalizeInvoice"
        case .void: "voidInvoice"
        }
    }

    fileprivate var requireReason: Text<1, 500> {
        get throws {
            guard let reason else { throw InvoicingProblem.unusableBatch }
            return reason
        }
    }
}
