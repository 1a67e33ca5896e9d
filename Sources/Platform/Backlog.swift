package import Kernel

/// How much is waiting to be done, of all tenants together.
package struct Backlog: Sendable {
    package let jobs: [(state: Job.State, count: Int)]
    /// Since when the job that waits longest is due; nil when none is.
    package let jobsDueSince: Instant?
    /// What is owed to each subscriber.
    package let owed: [(subscriber: String, count: Int)]
    /// Since when the oldest event is owed, to whomever; nil when none is.
    package let owedSince: Instant?
}
