package import Kernel
import Web

struct JobPath: Codable, Sendable {
    let id: JobID
}

struct JobQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: Job.State?
}

package struct JobBody: Codable, Sendable {
    let id: JobID
    let kind: String
    let state: Job.State
    /// Attempts that were begun, with the one that runs.
    let attempts: Int
    /// Its turn while it waits, the end of its worker's lease while it runs.
    let dueAt: Instant?
    /// The type of the error that ended the last attempt; the server's log has the rest.
    let lastError: String?
    let recordedAt: Instant
    let endedAt: Instant?
    let actions: [Job.Action]
}

extension JobBody {
    package init(_ job: Job, for actor: Actor) {
        self.init(
            id: job.id, kind: job.kind, state: job.state, attempts: job.attempts, dueAt: job.dueAt,
            lastError: job.lastError, recordedAt: job.recordedAt, endedAt: job.endedAt,
            actions: job.actions(for: actor))
    }
}
