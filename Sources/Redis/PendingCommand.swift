import NIOCore
import Synchronization

/// A command and the one who waits for its answer.
///
/// Answer, time limit, cancellation and the end of the connection all race to end the wait: the first wins,
/// the others find nobody.
final class PendingCommand: Sendable {
    private enum Wait {
        case notBegun
        case waiting(CheckedContinuation<RedisReply, any Error>)
        case ended(Result<RedisReply, any Error>)
    }

    let bytes: ByteBuffer
    let limit: Duration
    private let wait = Mutex(Wait.notBegun)

    init(_ command: RedisCommand, limit: Duration) {
        bytes = command.encoded
        self.limit = limit
    }

    /// Whether somebody still wants the answer.
    var isWanted: Bool {
        wait.withLock { wait in
            if case .ended = wait { false } else { true }
        }
    }

    func begin(_ continuation: CheckedContinuation<RedisReply, any Error>) {
        let early: Result<RedisReply, any Error>? = wait.withLock { wait in
            if case .ended(let result) = wait { return result }
            wait = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    func end(_ result: Result<RedisReply, any Error>) {
        let continuation: CheckedContinuation<RedisReply, any Error>? = wait.withLock { wait in
            switch wait {
            case .notBegun:
                wait = .ended(result)
                return nil
            case .waiting(let continuation):
                wait = .ended(result)
                return continuation
            case .ended: return nil
            }
        }
        continuation?.resume(with: result)
    }
}
