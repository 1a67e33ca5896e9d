import Kernel
import Synchronization

/// Which host names lead to which tenant, as this process saw it at most five seconds ago: each request asks,
/// and host names hardly ever change.
package final class HostMemory: Sendable {
    /// Where a host name led, and until when that counts.
    private struct Entry {
        let tenant: TenantID?
        let until: ContinuousClock.Instant
    }

    private struct State {
        var entries: [HostName: Entry] = [:]
        /// How often all was forgotten.
        var age = 0
    }

    /// Nothing older is ever believed, whatever news were lost.
    static let lifetime = Duration.seconds(5)
    /// Whoever sends requests may invent host names.
    static let capacity = 10_000

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    var count: Int { state.withLock { $0.entries.count } }

    /// Where `host` leads, by memory or by `look`.
    func tenant(
        of host: HostName, _ look: () async throws -> TenantID?
    ) async throws -> TenantID? {
        // Its time begins before the look: what changes meanwhile is stale already.
        let began = now()
        let (known, age) = state.withLock { ($0.entries[host], $0.age) }
        if let known, began < known.until { return known.tenant }
        let tenant = try await look()
        state.withLock { state in
            // News came meanwhile: this look may have been before them.
            guard state.age == age else { return }
            if state.entries.count >= HostMemory.capacity { state.entries = [:] }
            state.entries[host] = Entry(tenant: tenant, until: began + HostMemory.lifetime)
        }
        return tenant
    }

    package func forget() {
        state.withLock { state in
            state.entries = [:]
            state.age += 1
        }
    }
}
