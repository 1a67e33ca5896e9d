import NIOCore

/// One connection, which any number of callers use at once: their commands go out in one stream, and each
/// gets its answer without waiting for the others'.
final class RedisConnection: Sendable {
    private let channel: any Channel
    private let record: ConnectionRecord
    private let limit: Duration

    init(_ channel: any Channel, _ record: ConnectionRecord, limit: Duration) {
        self.channel = channel
        self.record = record
        self.limit = limit
    }

    /// A connection that nobody holds any more, as that of a pool which was not shut down, is no use.
    deinit {
        channel.close(promise: nil)
    }

    var isOpen: Bool { channel.isActive }

    /// Commands that have no answer yet.
    var commandsInFlight: Int { record.commandsInFlight }

    /// The answer. Throws a `RedisError`, or `CancellationError` at once when the task is cancelled; the
    /// command may have happened then. After `limit`, which is the settings' when none is given, it throws
    /// `timedOut`: the connection goes on, and an answer that comes late is dropped.
    func send(_ command: RedisCommand, limit: Duration? = nil) async throws -> RedisReply {
        do {
            return try await exchange(command, limit: limit)
        } catch let error as RedisError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RedisError.unavailable
        }
    }

    /// As `send`, but a broken connection throws what broke it.
    func exchange(_ command: RedisCommand, limit: Duration? = nil) async throws -> RedisReply {
        guard channel.isActive else { throw RedisError.unavailable }
        guard record.enter() else { throw RedisError.busy }
        let pending = PendingCommand(command, limit: limit ?? self.limit)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                pending.begin(continuation)
                let accepted = channel.eventLoop.makePromise(of: Void.self)
                // Fails only when the connection is gone, and with it whoever would have ended the wait.
                accepted.futureResult.whenFailure { _ in pending.end(.failure(RedisError.unavailable)) }
                channel.write(pending, promise: accepted)
            }
        } onCancel: {
            pending.end(.failure(CancellationError()))
        }
    }

    /// Takes no more commands, lets those in flight have their answers, and returns when it is closed.
    func close() async {
        channel.triggerUserOutboundEvent(ReplyMatcher.Drain(), promise: nil)
        await untilClosed()
    }

    /// Returns when it is closed, by whomever.
    func untilClosed() async {
        try? await channel.closeFuture.get()
    }

    /// Breaks it off: commands in flight fail as `unavailable`.
    func drop() {
        channel.close(promise: nil)
    }

    /// Calls `body` once, when the connection is closed by whomever.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in body() }
    }
}
