import Dispatch

/// Runs an actor's work one by one on a thread of its own kind: libpq blocks, and a blocked thread of Swift's
/// own small pool would stop everything else.
final class QueueExecutor: SerialExecutor {
    let queue = DispatchQueue(label: "mpanel.postgres")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Runs blocking work on the queue.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
