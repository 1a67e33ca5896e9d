import Kernel
package import Memories

/// What requests ask of tenants before anybody knows who sends them, or beside it. It hardly ever changes and
/// is a look by key, which Redis would answer no sooner than PostgreSQL: each process remembers for itself.
package struct TenancyMemory: Sendable {
    /// Whoever sends requests may invent host names and origins.
    package static let capacity = 10_000

    /// Where host names lead, if anywhere.
    let hosts: Memory<TenantID?>
    /// Whether pages of an origin may read a tenant's answers.
    package let origins: Memory<Bool>

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        hosts = Memory(capacity: TenancyMemory.capacity, now: now)
        origins = Memory(capacity: TenancyMemory.capacity, now: now)
    }
}
