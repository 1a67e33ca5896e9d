import Logging
import Postgres
import Redis
import ServiceLifecycle

/// Starts a private server that died while this process uses it. A server that is configured is looked after
/// by whoever runs it.
struct PrivateServerCare: Service {
    /// As people call the server.
    let name: String
    /// Starts it if it is dead, and returns whether it was.
    let revive: @Sendable () async throws -> Bool
    let logger: Logger

    /// Looking costs a file and a line of /proc.
    private static let usualPause = Duration.seconds(1)
    /// What does not start, for a full disk for example, is tried again so often.
    private static let longestPause = Duration.seconds(30)

    func run() async throws {
        // Ends at once when this process shuts down, which may stop the server.
        await cancelWhenGracefulShutdown {
            var pause = PrivateServerCare.usualPause
            while !Task.isCancelled {
                do {
                    if try await revive() {
                        logger.warning(
                            "a private server had died and runs again", metadata: ["server": "\(name)"])
                    }
                    pause = PrivateServerCare.usualPause
                } catch {
                    if Task.isCancelled { return }
                    // These problems are sentences for people and hold nothing secret.
                    logger.error(
                        "a private server died and cannot be started",
                        metadata: ["server": "\(name)", "reason": "\(error)"])
                    pause = min(pause * 2, PrivateServerCare.longestPause)
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}

extension Session {
    /// Keeps the private servers alive that this process uses.
    var care: [any Service] {
        var care: [PrivateServerCare] = []
        if let lease {
            care.append(.init(name: "PostgreSQL", revive: lease.revive, logger: logger))
        }
        if let redisLease {
            care.append(.init(name: "Redis", revive: redisLease.revive, logger: logger))
        }
        return care
    }
}
