import Kernel
import NIOCore
import NIOPosix
import Synchronization

/// Cancels work that takes too long.
enum TimeLimit {
    /// Runs `work` and throws `Problem.timedOut` when it fails after the limit. It always waits for the work
    /// to end: whoever ignores cancellation is answered late, but nothing goes on behind an answer, and what
    /// was done in spite of the limit is answered as done.
    static func run<Result: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let overrun = Overrun()
        let task = Task { try await work() }
        // A sleeping task would stay in the runtime's queue until the limit even if cancelled, 30 s for each
        // request; the event loop forgets a cancelled timer.
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(limit)) {
            overrun.happened.store(true, ordering: .releasing)
            task.cancel()
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            if overrun.happened.load(ordering: .acquiring) { throw Problem.timedOut }
            if error is CancellationError { throw Problem.unavailable }
            throw error
        }
    }

    private final class Overrun: Sendable {
        let happened = Atomic(false)
    }
}
