package import Kernel
import Synchronization

/// What was looked up, remembered for a few seconds by this process and, where there are copies, by Redis for
/// all processes.
///
/// Nothing is believed for longer than `bound`, counted from the beginning of its look, whatever news were
/// lost. A look that began before news is not remembered after them. Where an edition is named, only what
/// was found in that edition is believed, so that news hold for whoever knows of the new one.
package final class Memory<Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let edition: Edition?
        let until: ContinuousClock.Instant
        let weight: Int
    }

    private struct State {
        /// By tenant and by key; what belongs to no tenant stands under nil.
        var entries: [TenantID?: [String: Entry]] = [:]
        var weight = 0
        /// How often something was forgotten.
        var news = 0
    }

    /// The most that anything may weigh together; when it is reached, all is forgotten.
    private let capacity: Int
    private let weigh: @Sendable (Value) -> Int
    private let copies: Copies<Value>?
    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Without `weigh` the capacity is a number of values.
    package init(
        capacity: Int, copies: Copies<Value>? = nil, weigh: @escaping @Sendable (Value) -> Int = { _ in 1 },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.capacity = capacity
        self.weigh = weigh
        self.copies = copies
        self.now = now
    }

    package var weight: Int { state.withLock { $0.weight } }

    /// The value of `key`, by memory or by `look`. `edition` is that of the tenant as it was before the
    /// caller could have seen anything else; nil where nobody knows, and then Redis is not asked.
    package func value(
        of key: String, _ tenant: TenantID?, in edition: Edition? = nil, _ look: () async throws -> Value
    ) async throws -> Value {
        // Its time begins before the look: what changes meanwhile is stale already.
        let began = now()
        let (known, news) = state.withLock { ($0.entries[tenant]?[key], $0.news) }
        if let known, began < known.until, known.edition == edition { return known.value }
        if let edition, let copies, let tenant,
            let copy = try await copies.find(key, tenant, edition)
        {
            // No longer than the copy would have lived.
            keep(Finding(copy.value, edition, until: began + copy.left, news: news), as: key, tenant)
            return copy.value
        }
        let value = try await look()
        let until = began + MemoryBound.duration
        keep(Finding(value, edition, until: until, news: news), as: key, tenant)
        if let edition, let copies, let tenant {
            try await copies.keep(value, as: key, tenant, edition, for: until - now())
        }
        return value
    }

    /// What a look brought.
    private struct Finding {
        let value: Value
        let edition: Edition?
        let until: ContinuousClock.Instant
        /// As it was when the look began.
        let news: Int

        init(_ value: Value, _ edition: Edition?, until: ContinuousClock.Instant, news: Int) {
            self.value = value
            self.edition = edition
            self.until = until
            self.news = news
        }
    }

    private func keep(_ finding: Finding, as key: String, _ tenant: TenantID?) {
        let weight = weigh(finding.value)
        let entry = Entry(
            value: finding.value, edition: finding.edition, until: finding.until, weight: weight)
        state.withLock { state in
            // News came meanwhile: this look may have been before them.
            guard state.news == finding.news, weight <= capacity else { return }
            state.weight += weight - (state.entries[tenant]?[key]?.weight ?? 0)
            if state.weight > capacity {
                state.entries = [:]
                state.weight = weight
            }
            state.entries[tenant, default: [:]][key] = entry
        }
    }

    /// Forgets what this process remembers of a tenant.
    package func forget(_ tenant: TenantID) {
        state.withLock { state in
            let forgotten = state.entries.removeValue(forKey: tenant) ?? [:]
            state.weight -= forgotten.values.reduce(0) { $0 + $1.weight }
            state.news += 1
        }
    }

    /// Forgets all that this process remembers.
    package func forget() {
        state.withLock { state in
            state.entries = [:]
            state.weight = 0
            state.news += 1
        }
    }
}

/// How long anything may be believed that nobody was told to forget.
package enum MemoryBound {
    package static let duration = Duration.seconds(5)
}
