package import Kernel
package import Postgres

/// What people do with jobs: see them, and decide about those that were given up.
package struct Jobs: Sendable {
    private let database: Database
    private let clock: RealClock

    package init(database: Database, clock: RealClock) {
        self.database = database
        self.clock = clock
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
    package func retry(_ id: JobID, by actor: Actor) async throws -> Job {
        try await database.write(actor.scope) { tx in
            try await lock(id, for: .retry, in: tx)
            try await Job.revive(id, in: tx, at: clock.now())
            guard let job = try await Job.find(id, in: tx) else { throw Problem.notFound }
            return job
        }
    }

    /// Forgets a dead job. Throws `notFound`, `jobAlive`.
    func discard(_ id: JobID, by actor: Actor) async throws {
        try await database.write(actor.scope) { tx in
            try await lock(id, for: .discard, in: tx)
            try await Job.delete(id, in: tx)
        }
    }

    private func lock(_ id: JobID, for action: Job.Action, in tx: Transaction) async throws {
        guard let job = try await Job.lock(id, in: tx) else { throw Problem.notFound }
        try job.require(action)
    }
}
