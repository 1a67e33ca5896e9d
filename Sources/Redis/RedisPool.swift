package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A few connections to one Redis, which all callers share.
///
/// They are opened when they are first needed. While the server cannot be reached, callers are refused at
/// once instead of each waiting for the same time limit; one attempt at a time goes on in the background, so
/// that the pool recovers by itself.
package final class RedisPool: Service {
    private let settings: RedisSettings
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state: Mutex<State>

    /// `connections` are opened as callers come while the others are busy.
    package init(
        _ settings: RedisSettings, connections: Int = 2, logger: Logger,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.settings = settings
        self.group = group
        self.logger = logger
        state = Mutex(State(limit: connections))
    }

    /// Runs until the graceful shutdown, then closes the connections.
    package func run() async throws {
        try? await gracefulShutdown()
        await shutDown()
    }

    /// Refuses new commands, lets those in flight have their answers, and closes the connections.
    package func shutDown() async {
        let ended = state.withLock { $0.close() }
        ended.opening?.cancel()
        for waiter in ended.waiting { waiter.resume(throwing: RedisError.unavailable) }
        for connection in ended.connections { await connection.close() }
        await ended.opening?.value
    }

    /// What a metrics endpoint and a health check show.
    package var statistics: RedisStatistics {
        state.withLock { $0.statistics }
    }
}

extension RedisPool {
    /// The answer to a command over the connection with the fewest in flight. Throws as its `send`.
    func send(_ command: RedisCommand) async throws -> RedisReply {
        do {
            let connection = try await connection()
            state.withLock { $0.statistics.commands += 1 }
            return try await connection.send(command)
        } catch {
            state.withLock { $0.noteFailure(error) }
            throw error
        }
    }

    private func connection() async throws -> RedisConnection {
        let choice = state.withLock { $0.choose() }
        switch choice {
        case .use(let connection): return connection
        case .useAndOpenAnother(let connection):
            openInBackground()
            return connection
        case .refuse: throw RedisError.unavailable
        case .wait(let number):
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let now = state.withLock { $0.wait(number, continuation) }
                    if let now { continuation.resume(with: now) }
                    openInBackground()
                }
            } onCancel: {
                state.withLock { $0.giveUp(number) }?.resume(throwing: CancellationError())
            }
        }
    }

    /// Opens a connection, unless that goes on already, again and again until it succeeds or the pool closes.
    private func openInBackground() {
        state.withLock { state in
            guard state.mayOpen else { return }
            // Not in any caller's task, whose cancellation would take the connection away from all others.
            // `shutDown` ends it.
            state.opening = Task { await self.openUntilDone() }
        }
    }

    private func openUntilDone() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await RedisConnection.open(settings, on: group)
                return await add(connection)
            } catch {
                failures += 1
                let ended = state.withLock { $0.noteUnreachable() }
                for waiter in ended.waiting { waiter.resume(throwing: RedisError.unavailable) }
                if ended.isNews, !Task.isCancelled {
                    logger.error("no connection to Redis", metadata: ["reason": "\(error)"])
                }
                if ended.isEnough { return }
            }
            // 50, 100 … 800 milliseconds, and up to a quarter by chance: not all processes at once.
            let milliseconds = min(800, 50 << min(failures - 1, 4))
            let chance = Int.random(in: 0...milliseconds / 4)
            try? await Task.sleep(for: .milliseconds(milliseconds + chance))
        }
    }

    private func add(_ connection: RedisConnection) async {
        let added = state.withLock { $0.add(connection) }
        guard let added else { return await connection.close() }
        if added.isNews { logger.notice("Redis answers again") }
        for waiter in added.waiting { waiter.resume(returning: connection) }
        connection.whenClosed { [weak self, weak connection] in
            if let connection { self?.remove(connection) }
        }
    }

    private func remove(_ connection: RedisConnection) {
        let wasLast = state.withLock { $0.remove(connection) }
        // At once and not with the next command, which then finds out about a server that is gone for free.
        if wasLast { openInBackground() }
    }
}
