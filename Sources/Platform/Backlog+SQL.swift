package import Kernel
package import Postgres

extension Backlog {
    /// Looks at every job and every delivery that is not done: as many rows as there is work.
    package static func read(in system: SystemDatabase, at now: Instant) async throws -> Backlog {
        let jobs = try await system.all("SELECT state, count(*) AS number FROM jobs GROUP BY state") {
            (state: try $0["state"] as Job.State, count: try $0["number"] as Int)
        }
        // A job that runs is due at the end of its lease.
        let due = try await system.first(
            """
            SELECT min(due_at) AS since
            FROM jobs
            WHERE state = 'waiting' AND due_at <= \(now)
            """
        ) { try $0["since"] as Instant? }
        let owed = try await system.all(
            """
            SELECT subscriber, count(*) AS number
            FROM event_deliveries
            GROUP BY subscriber
            """
        ) { (subscriber: try $0["subscriber"] as String, count: try $0["number"] as Int) }
        let since = try await system.first("SELECT min(recorded_at) AS since FROM event_deliveries") {
            try $0["since"] as Instant?
        }
        return Backlog(jobs: jobs, jobsDueSince: due ?? nil, owed: owed, owedSince: since ?? nil)
    }
}

extension Job {
    /// How many jobs of each kind the tenant has in each state.
    package static func counts(
        in tx: Transaction
    ) async throws -> [(kind: String, state: Job.State, count: Int)] {
        try await tx.all("SELECT kind, state, count(*) AS number FROM jobs GROUP BY kind, state") {
            (kind: try $0["kind"], state: try $0["state"], count: try $0["number"])
        }
    }
}
