package import Kernel
package import Postgres
package import Web

/// What people do with jobs: see them, and decide about those that were given up.
package struct Jobs: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package func list(_ state: Job.State?, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<
        Job
    > {
        try await database.read(scope) { tx in try await Job.list(state, page, in: tx) }
    }

    func read(_ id: JobID, _ scope: TenantScope) async throws -> Job {
        try await database.read(scope) { tx in
            guard let job = try await Job.find(id, in: tx) else { throw Problem.notFound }
            return job
        }
    }

    /// Has a dead job tried anew. Throws `notFound`, `jobAlive`.
    package func retry(_ id: JobID, in change: Change) async throws -> Changed<Job> {
        let dead = try await lock(id, for: .retry, in: change.tx)
        try await Job.revive(id, in: change.tx, at: change.now)
        guard let job = try await Job.find(id, in: change.tx) else { throw Problem.notFound }
        return Changed(from: dead, to: job)
    }

    /// Forgets a dead job and returns it. Throws `notFound`, `jobAlive`.
    func discard(_ id: JobID, in change: Change) async throws -> Job {
        let dead = try await lock(id, for: .discard, in: change.tx)
        try await Job.delete(id, in: change.tx)
        return dead
    }

    private func lock(_ id: JobID, for action: Job.Action, in tx: Transaction) async throws -> Job {
        guard let job = try await Job.lock(id, in: tx) else { throw Problem.notFound }
        try job.require(action)
        return job
    }
}
