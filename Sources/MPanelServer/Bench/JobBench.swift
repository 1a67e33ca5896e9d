import Kernel
import Platform
import Postgres
import Synchronization
import Tenancy

/// How many jobs that do nothing one worker takes, does and deletes in a second.
struct JobBench: Sendable {
    static let waiting = 5000
    private static let kind = "bench"
    private static let batch = 250

    let installation: Installation

    /// The bench's database has tenants and no jobs.
    func measure() async throws -> Int {
        let tenants = try await installation.tenants.all()
        for number in 0..<JobBench.waiting / JobBench.batch {
            let scope = TenantScope(tenants[number % tenants.count].id)
            try await installation.database.write(scope) { tx in
                for _ in 0..<JobBench.batch {
                    try await Job.ask(for: JobBench.kind, JSONText(encoding: ["n": 1]), in: tx, at: .now())
                }
            }
        }
        let done = Atomic(0)
        let job = JobDefinition(JobBench.kind) { _, _ in done.add(1, ordering: .relaxed) }
        let worker = JobWorker(
            [job], stores: (installation.database, installation.system), clock: .system,
            logger: installation.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let began = ContinuousClock.now
            group.addTask { try await worker.run() }
            while done.load(ordering: .relaxed) < JobBench.waiting {
                guard ContinuousClock.now < began + .seconds(120) else {
                    throw Complaint("Some of the benchmark's jobs were not done.")
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            let taken = ContinuousClock.now - began
            group.cancelAll()
            return Int(Double(JobBench.waiting) / (taken / .seconds(1)))
        }
    }
}
