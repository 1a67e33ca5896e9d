package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Does jobs, several at a time, until the process drains; then it hands back what it has not finished. Any
/// number of workers in any number of processes share the jobs of one database.
package struct JobWorker: Service {
    package struct Limits: Sendable {
        /// Jobs at once.
        package var jobs = 4
        /// A worker that has not extended its lease for so long counts as lost.
        package var leaseSeconds: Int64 = 60
        /// How often the table is looked at when nobody calls.
        package var pollTime = Duration.seconds(5)

        package init() {}
    }

    let database: Database
    let system: SystemDatabase
    let limits: Limits
    let clock: RealClock
    let logger: Logger
    private let listener: Listener?
    private let definitions: [String: JobDefinition]

    /// Without a `listener` it only polls. Stops the process when two definitions have the same kind.
    package init(
        _ definitions: [JobDefinition], stores: (database: Database, system: SystemDatabase),
        listener: Listener? = nil, limits: Limits = Limits(), clock: RealClock, logger: Logger
    ) {
        self.definitions = Dictionary(uniqueKeysWithValues: definitions.map { ($0.kind, $0) })
        (database, system) = stores
        self.listener = listener
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await WakeUps(listener: listener, channel: Job.channel, pollTime: limits.pollTime).serve(work)
    }

    /// Does all jobs that are due now, of all tenants or of one, and returns how many were begun. For tests,
    /// and for commands that do not wait for a server.
    @discardableResult
    package func drain(of tenant: TenantID? = nil) async throws -> Int {
        var begun = 0
        while true {
            try Task.checkCancellation()
            let now = clock.now()
            let places =
                if let tenant {
                    try await Job.heads(of: tenant, at: now, in: system)
                } else {
                    try await Job.heads(at: now, limit: limits.jobs, in: system)
                }
            let more = await withTaskGroup(of: Bool.self) { group in
                for place in places { group.addTask { await attempt(place) } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            // None are left, or all that are left went to other workers.
            if more == 0 { return begun }
            begun += more
        }
    }

    private func work(_ calls: WakeUps.Calls) async {
        await withDiscardingTaskGroup { group in
            let slots = WorkSlots<JobPlace>(limits.jobs)
            for await _ in calls.stream {
                // A job that ends calls too, so that its slot is filled at once.
                for place in await heads(limit: slots.free) where slots.take(place) {
                    group.addTask {
                        // The tenant's next job shows only when this one is taken.
                        await attempt(place) { calls.continuation.yield() }
                        slots.giveBack(place)
                        calls.continuation.yield()
                    }
                }
            }
        }
    }

    private func heads(limit: Int) async -> [JobPlace] {
        if limit == 0 { return [] }
        do {
            return try await Job.heads(at: clock.now(), limit: limit, in: system)
        } catch {
            if !Task.isCancelled {
                logger.error("jobs cannot be read", metadata: ["error": "\(String(reflecting: error))"])
            }
            return []
        }
    }

    func definition(of job: Job) -> JobDefinition {
        // While servers are renewed one by one, a newer one may ask for what this one does not know: it fails
        // here, and waits for the newer one as whatever fails waits.
        definitions[job.kind] ?? JobDefinition(job.kind) { _, _ in throw UnknownJob() }
    }
}

/// A job that this version of MPanel does not know.
struct UnknownJob: Error {}
