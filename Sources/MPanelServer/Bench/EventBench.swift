import Foundation
import Kernel
import Logging
import Platform
import Postgres
import Synchronization
import Tenancy

/// How long an event takes from its commit to a subscriber, and how many a dispatcher delivers when many
/// wait.
struct EventBench: Sendable {
    static let tenants = 20
    /// One by one, a pause after each.
    static let single = 1000
    static let pauseMilliseconds = 20
    /// At once.
    static let waiting = 20_000
    private static let batch = 500

    let installation: Installation
    let listener: Listener

    /// The bench's database has tenants and no events that anybody is owed.
    func measure() async throws -> EventFigures {
        let scopes = try await installation.tenants.all().map { TenantScope($0.id) }
        return EventFigures(delays: try await delays(scopes), perSecond: try await rate(scopes))
    }

    private func delays(_ scopes: [TenantScope]) async throws -> [Duration] {
        let arrivals = Arrivals()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let dispatcher = dispatcher { arrivals.note($0) }
            group.addTask { try await dispatcher.run() }
            // Behind its first look; from now on it is woken.
            try await Task.sleep(for: .seconds(1))
            for number in 0..<EventBench.single {
                let event = EventBench.event()
                try await installation.database.write(scopes[number % scopes.count]) { tx in
                    try await Event.record([event], in: tx, at: .now())
                    // COMMIT is sent next; afterwards the subscriber may have been quicker than we.
                    arrivals.expect(event)
                }
                try await Task.sleep(for: .milliseconds(EventBench.pauseMilliseconds))
            }
            let end = ContinuousClock.now + .seconds(30)
            while arrivals.delays.count < EventBench.single, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
            guard arrivals.delays.count >= EventBench.single else {
                throw Complaint("Some of the benchmark's events did not arrive.")
            }
            return arrivals.delays
        }
    }

    private func rate(_ scopes: [TenantScope]) async throws -> Int {
        for number in 0..<EventBench.waiting / EventBench.batch {
            let events = (0..<EventBench.batch).map { _ in EventBench.event() }
            try await installation.database.write(scopes[number % scopes.count]) { tx in
                try await Event.record(events, in: tx, at: .now())
            }
        }
        let start = ContinuousClock.now
        let count = try await dispatcher { _ in }.drain()
        return Int(Double(count) / ((ContinuousClock.now - start) / .seconds(1)))
    }

    /// The schema owes these to a subscriber of this name.
    private func dispatcher(_ hear: @escaping @Sendable (Event) -> Void) -> EventDispatcher {
        let ears = Subscriber("host_names", events: ["host_name.added"]) { _, event in hear(event) }
        return EventDispatcher(
            [ears], stores: (installation.database, installation.system), listener: listener, clock: .system,
            logger: installation.logger)
    }

    private static func event() -> Event { Event("host_name.added", TenantID.new(), version: 1) }
}

/// When events were sent, and how long they took.
private final class Arrivals: Sendable {
    private let sent = Mutex<[EventID: ContinuousClock.Instant]>([:])
    private let taken = Mutex<[Duration]>([])

    var delays: [Duration] { taken.withLock { $0 } }

    func expect(_ event: Event) {
        sent.withLock { $0[event.id] = .now }
    }

    func note(_ event: Event) {
        let now = ContinuousClock.now
        guard let start = sent.withLock({ $0[event.id] }) else { return }
        taken.withLock { $0.append(now - start) }
    }
}

struct EventFigures {
    let delays: [Duration]
    let perSecond: Int
    /// Of jobs, which share the database with events.
    var jobsPerSecond = 0

    func print() {
        Terminal.print(
            "Events from commit to subscriber, one each \(EventBench.pauseMilliseconds) ms, "
                + "of \(EventBench.tenants) tenants in turn")
        Terminal.print("p50                                   \(milliseconds(delays.count / 2))")
        Terminal.print("p99 (target < 200 ms)                 \(milliseconds(delays.count * 99 / 100))")
        Terminal.print("deliveries/s by one dispatcher, \(EventBench.waiting) waiting: \(perSecond)")
        Terminal.print("jobs/s by one worker, \(JobBench.waiting) waiting: \(jobsPerSecond)")
    }

    private func milliseconds(_ place: Int) -> String {
        let value = delays.sorted()[place] / .milliseconds(1)
        return value.formatted(.number.precision(.fractionLength(1))) + " ms"
    }
}
