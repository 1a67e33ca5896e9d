package import Kernel
import Postgres

/// Somebody who hears of events: each one of these types, at least once, those of one object in the order of
/// its versions.
///
/// Which events are owed to whom stands in the database, in `mpanel_subscriptions()`: a new subscriber, or a
/// new type of event for one, comes with a migration that replaces that function.
package struct Subscriber: Sendable {
    /// Never changes: what is still owed is kept under it.
    package let name: String
    package let events: [String]
    /// Acts on an event under the tenant of `scope`, in seconds; what takes longer asks for a job. It may run
    /// again with an event that it has acted on. Throws to be given the event again later: until then it gets
    /// no later event of the same object.
    package let run: @Sendable (_ scope: TenantScope, _ event: Event) async throws -> Void

    package init(
        _ name: String, events: [String],
        run: @escaping @Sendable (_ scope: TenantScope, _ event: Event) async throws -> Void
    ) {
        self.name = name
        self.events = events
        self.run = run
    }
}
