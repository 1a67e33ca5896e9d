package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Brings events to their subscribers until the process drains. Any number of dispatchers in any number of
/// processes share the events of one database.
package struct EventDispatcher: Service {
    package struct Limits: Sendable {
        /// Tenants served at once; each gets one batch, then its next turn.
        package var tenants = 4
        /// Events of one batch, and how many of them are delivered side by side.
        package var batch = 100
        package var abreast = 4
        /// A dispatcher that has not finished its batch for so long counts as lost.
        package var leaseSeconds: Int64 = 60
        /// A delivery that takes longer has failed.
        package var time = Duration.seconds(20)
        /// How often the table is looked at when nobody calls.
        package var pollTime = Duration.seconds(5)

        package init() {}
    }

    let database: Database
    let limits: Limits
    let clock: RealClock
    let logger: Logger
    private let system: SystemDatabase
    private let listener: Listener?
    private let subscribers: [String: Subscriber]

    /// Without a `listener` it only polls. Stops the process when two subscribers have the same name.
    package init(
        _ subscribers: [Subscriber], stores: (database: Database, system: SystemDatabase),
        listener: Listener? = nil, limits: Limits = Limits(), clock: RealClock, logger: Logger
    ) {
        self.subscribers = Dictionary(uniqueKeysWithValues: subscribers.map { ($0.name, $0) })
        (database, system) = stores
        self.listener = listener
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await WakeUps(listener: listener, channel: Delivery.channel, pollTime: limits.pollTime).serve(work)
    }

    /// Delivers all that can be delivered now, and returns how many deliveries were begun. For tests and for
    /// rehearsals, in which time stands still meanwhile.
    @discardableResult
    package func drain() async throws -> Int {
        var begun = 0
        while true {
            let tenants = try await tenants(after: nil, limit: limits.tenants)
            let more = await withTaskGroup(of: Int.self) { group in
                for tenant in tenants { group.addTask { await deliver(to: tenant) } }
                return await group.reduce(0, +)
            }
            // None are left, or all that are left went to other dispatchers.
            if more == 0 { return begun }
            begun += more
        }
    }

    func subscriber(_ name: String) -> Subscriber? { subscribers[name] }

    /// Those that this process knows: while servers are renewed one by one, a newer one has others.
    var names: [String] { Array(subscribers.keys) }

    private func work(_ calls: WakeUps.Calls) async {
        await withDiscardingTaskGroup { group in
            let slots = WorkSlots<TenantID>(limits.tenants)
            var last: TenantID?
            for await _ in calls.stream {
                for tenant in await next(after: last) where slots.take(tenant) {
                    last = tenant
                    group.addTask {
                        let begun = await deliver(to: tenant)
                        slots.giveBack(tenant)
                        // There may be more, of this tenant or of those that found all slots taken.
                        if begun > 0 { calls.continuation.yield() }
                    }
                }
            }
        }
    }

    /// Tenants to whose events somebody is owed, beginning behind the one that was served last, so that all
    /// get their turn. Twice as many as there are slots: those in hand may be among them.
    private func next(after last: TenantID?) async -> [TenantID] {
        let limit = 2 * limits.tenants
        do {
            let behind = try await tenants(after: last, limit: limit)
            if last == nil || behind.count == limit { return behind }
            return try await behind + tenants(after: nil, limit: limit - behind.count)
        } catch {
            if !Task.isCancelled {
                logger.error("events cannot be read", metadata: ["error": "\(String(reflecting: error))"])
            }
            return []
        }
    }

    private func tenants(after last: TenantID?, limit: Int) async throws -> [TenantID] {
        try await Delivery.tenants(after: last, owing: names, at: clock.now(), limit: limit, in: system)
    }
}
