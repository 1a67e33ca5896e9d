package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Empties the outbox of what is older than anybody needs, once a day. Any number of processes may: the
/// second finds nothing.
package struct EventRetention: Service {
    /// A day more than the database insists on, so that its clock and ours need not agree.
    package static let days: Int64 = 31
    /// Events of one transaction: no lock is held for long, and a replica keeps up.
    private static let batch = 1000

    private let database: Database
    private let clock: RealClock
    private let logger: Logger
    private let tenants: @Sendable () async throws -> [TenantID]

    package init(
        database: Database, clock: RealClock, logger: Logger,
        tenants: @escaping @Sendable () async throws -> [TenantID]
    ) {
        self.database = database
        self.clock = clock
        self.logger = logger
        self.tenants = tenants
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // Not with all processes that were started together, nor each time one is.
            try? await Task.sleep(for: .seconds(Int.random(in: 600...4200)))
            while !Task.isCancelled {
                do {
                    let count = try await sweep()
                    logger.info("old events removed", metadata: ["count": "\(count)"])
                } catch {
                    logger.error(
                        "old events could not be removed",
                        metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: .seconds(86_400))
            }
        }
    }

    /// Removes all that is old enough now, and returns how many events that were.
    @discardableResult
    package func sweep() async throws -> Int {
        let end = clock.now().adding(seconds: -EventRetention.days * 86_400)
        var count = 0
        for tenant in try await tenants() {
            var removed = EventRetention.batch
            while removed == EventRetention.batch {
                removed = try await database.write(TenantScope(tenant)) { tx in
                    try await Event.forget(before: end, limit: EventRetention.batch, in: tx)
                }
                count += removed
            }
        }
        return count
    }
}
