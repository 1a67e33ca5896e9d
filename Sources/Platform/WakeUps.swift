import Postgres
import ServiceLifecycle

/// When a service should look into its table: as soon as somebody commits what it waits for, and now and then
/// for what calls nobody, such as a later hour, or work that a lost process had in hand.
struct WakeUps: Sendable {
    /// One call is as good as many: who looks finds all there is.
    typealias Calls = (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// Nil: only the pauses wake.
    let listener: Listener?
    let channel: String
    let pollTime: Duration

    /// Runs `work` on the calls until the graceful shutdown, which cancels it.
    func serve(_ work: @escaping @Sendable (Calls) async -> Void) async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let calls = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
                group.addTask { await hear(calls.continuation) }
                group.addTask { await poll(calls.continuation) }
                await work(calls)
                group.cancelAll()
            }
        }
    }

    private func hear(_ calls: AsyncStream<Void>.Continuation) async {
        guard let listener else { return }
        for await _ in listener.events(on: [channel]) { calls.yield() }
    }

    private func poll(_ calls: AsyncStream<Void>.Continuation) async {
        repeat {
            calls.yield()
            try? await Task.sleep(for: pollTime)
        } while !Task.isCancelled
        calls.finish()
    }
}
