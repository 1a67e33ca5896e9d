import Invoicing
import Kernel
import Logging
import Measures
import Platform
import Postgres
import ServiceLifecycle
import Subscriptions
import Synchronization
import Tenancy

/// Figures that PostgreSQL must be asked for, gathered in the background: a scrape shows what was gathered
/// last and how old that is, and costs the database nothing.
final class Gauges: Service {
    private struct Gathered<Figures: Sendable>: Sendable {
        let figures: Figures
        let at: ContinuousClock.Instant
    }

    private struct State {
        var backlog: Gathered<[Family]>?
        var business: Gathered<[Family]>?
    }

    private static let backlogPause = Duration.seconds(15)
    private static let businessPause = Duration.seconds(60)

    private let installation: Installation
    private let kinds: Set<String>
    private let state = Mutex(State())

    init(_ installation: Installation) {
        self.installation = installation
        kinds = Set(installation.jobDefinitions.map(\.kind))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { [self] in
                    await again(Gauges.backlogPause) { try await gatherBacklog() }
                }
                group.addTask { [self] in
                    await again(Gauges.businessPause) { try await gatherBusiness() }
                }
            }
        }
    }

    var families: [Family] {
        let (backlog, business) = state.withLock { ($0.backlog, $0.business) }
        let now = ContinuousClock.now
        let ages = [("backlog", backlog?.at), ("business", business?.at)].compactMap { name, at in
            at.map { (labels: [name], value: Family.Value.seconds((now - $0) / .seconds(1))) }
        }
        return (backlog?.figures ?? []) + (business?.figures ?? []) + [Family(GaugeMetric.age, ages)]
    }

    func gatherBacklog() async throws {
        let now = installation.clock.now()
        let began = ContinuousClock.now
        let backlog = try await Backlog.read(in: installation.system, at: now)
        let age = { (since: Instant?) -> Family.Value in
            .seconds(since.map { max(0, Double(now.microseconds - $0.microseconds) / 1_000_000) } ?? 0)
        }
        let counts = Dictionary(uniqueKeysWithValues: backlog.jobs.map { ($0.state, $0.count) })
        let owed = Dictionary(uniqueKeysWithValues: backlog.owed.map { ($0.subscriber, $0.count) })
        let families = [
            Family(
                GaugeMetric.jobs,
                Job.State.allCases.map { ([$0.rawValue], .whole(Int64(counts[$0] ?? 0))) }),
            Family(GaugeMetric.jobAge, age(backlog.jobsDueSince)),
            Family(
                GaugeMetric.owed,
                installation.subscribers.map { ([$0.name], .whole(Int64(owed[$0.name] ?? 0))) }),
            Family(GaugeMetric.eventAge, age(backlog.owedSince)),
        ]
        state.withLock { $0.backlog = Gathered(figures: families, at: began) }
    }

    /// One tenant after the other, so that it is never more than one connection's work. Sandboxes count as
    /// tenants and nowhere else: nobody owes their amounts.
    func gatherBusiness() async throws {
        let began = ContinuousClock.now
        var sums = BusinessSums()
        for tenant in try await installation.tenants.all() {
            do {
                try await installation.database.read(TenantScope(tenant.id)) { [installation] tx in
                    let isSandbox = try await installation.tenants.current(in: tx).isSandbox
                    let today = try await installation.tenants.calendar(in: tx).today
                    return TenantFigures(
                        isSandbox: isSandbox, jobs: try await Job.counts(in: tx),
                        subscriptions: try await Subscription.countActive(in: tx),
                        quarantined: try await QuarantinedItem.count(in: tx),
                        receivables: try await Receivables.read(on: today, in: tx))
                }.add(to: &sums, kinds: kinds)
            } catch let problem as Problem where problem == .notFound {
                // It was removed meanwhile.
                continue
            }
        }
        let families = sums.families
        state.withLock { $0.business = Gathered(figures: families, at: began) }
    }

    private func again(_ pause: Duration, _ gather: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                try await gather()
            } catch {
                if !Task.isCancelled {
                    installation.logger.warning(
                        "figures could not be gathered",
                        metadata: ["error": "\(String(reflecting: error))"])
                }
            }
            try? await Task.sleep(for: pause)
        }
    }
}
