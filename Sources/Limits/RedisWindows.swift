import Kernel
import Logging
import Redis
import Synchronization

/// The counters that all servers share. While they cannot be asked, the answer is nil, and it comes at once.
struct RedisWindows: Sendable {
    /// What a script is run on.
    struct Question: Sendable {
        let script: RedisScript
        let keys: [RedisKey]
        let arguments: [RedisValue]
    }

    private let redis: Redis?
    private let rest: Rest
    private let logger: Logger

    init(_ redis: Redis?, logger: Logger) {
        self.redis = redis
        self.logger = logger
        rest = Rest()
    }

    /// Throws only when the task is cancelled.
    func ask(_ question: Question) async throws -> RedisReply? {
        guard let redis, rest.mayAsk() else { return nil }
        do {
            let reply = try await redis.run(
                script: question.script, keys: question.keys, arguments: question.arguments)
            rest.end()
            return reply
        } catch let error as CancellationError {
            throw error
        } catch RedisError.unavailable {
            // The pool has said so in the log, and refuses without waiting.
            return nil
        } catch {
            if rest.begin() {
                logger.error("limits cannot be counted in Redis", metadata: ["reason": "\(error)"])
            }
            return nil
        }
    }

    /// A server that hangs would cost every request the time limit of its command. After one that has waited
    /// nobody asks for a while, and then one at a time.
    private final class Rest: Sendable {
        private static let duration = Duration.seconds(1)
        private let until = Mutex<ContinuousClock.Instant?>(nil)

        func mayAsk() -> Bool {
            until.withLock { until in
                guard let end = until else { return true }
                guard end <= .now else { return false }
                // The others wait for what becomes of this one.
                until = .now + Rest.duration
                return true
            }
        }

        /// True when there was none for a while: worth a line in the log.
        func begin() -> Bool {
            until.withLock { until in
                let isNews = until.map { $0 + .seconds(60) < .now } ?? true
                until = .now + Rest.duration
                return isNews
            }
        }

        func end() {
            until.withLock { $0 = nil }
        }
    }
}
