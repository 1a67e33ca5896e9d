import Dispatch
import Kernel
package import Logging
import ServiceLifecycle
import Synchronization

/// A bounded set of connections with one role to one database. Whoever finds none free waits in line.
package final class ConnectionPool: Service {
    package struct Limits: Sendable {
        package var connections = 16
        /// The longest that anybody waits in line before `Problem.unavailable`.
        package var wait = Duration.seconds(5)
        /// A connection that was idle for longer is asked whether it still answers.
        package var unchecked = Duration.seconds(30)
        /// An older connection is closed when it comes back: servers move, and memory of a backend only
        /// grows.
        package var age = Duration.seconds(1800)

        package init() {}
    }

    private let settings: PostgresSettings
    private let limits: Limits
    private let logger: Logger
    private let state: Mutex<State>
    package let queryTimes = QueryTimes()

    package init(_ settings: PostgresSettings, limits: Limits = Limits(), logger: Logger) {
        self.settings = settings
        self.limits = limits
        self.logger = logger
        state = Mutex(State(limit: limits.connections))
    }

    /// Runs until the graceful shutdown, then closes every connection as it comes back.
    package func run() async throws {
        try? await gracefulShutdown()
        await shutDown()
    }

    /// Refuses new work, lets the running end, and returns when the last connection is closed.
    package func shutDown() async {
        let (idle, waiting) = state.withLock { $0.close() }
        for waiter in waiting { waiter.continuation.resume(throwing: Problem.unavailable) }
        _ = consume idle
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { $0.whenEmpty(continuation) }
            if isEmpty { continuation.resume() }
        }
    }

    /// What a metrics endpoint shows.
    package var statistics: PoolStatistics {
        state.withLock { $0.statistics }
    }
}

extension ConnectionPool {
    /// A connection for the caller alone until `giveBack`. Throws `Problem.unavailable` when none comes free
    /// in time or the server cannot be reached.
    func lease() async throws -> Connection {
        let atOnce = try state.withLock { try $0.take() }
        let grant = if let atOnce { atOnce } else { try await waitInLine() }
        switch grant {
        case .open:
            return try await open()
        case .idle(let connection, let since):
            if ContinuousClock.now - since < limits.unchecked { return connection }
            if await connection.answers() { return connection }
            return try await open()
        }
    }

    /// A fresh connection in the place of one that broke.
    func replace(_ broken: Connection) async throws -> Connection {
        try await open()
    }

    func giveBack(_ connection: Connection) {
        let now = ContinuousClock.now
        // After an error that the server reported it has just answered: it needs no check. Whatever is not
        // idle now (a transaction left open, a lost line) is dropped.
        let isFit = connection.currentCondition == .idle && now - connection.openedAt < limits.age
        let next = state.withLock { state in
            isFit ? state.giveBack(connection, at: now) : state.giveUpPlace()
        }
        next?()
    }

    /// Opens a connection in a place that the caller already holds; the place is free again when that fails.
    private func open() async throws -> Connection {
        do {
            let connection = try await Connection.open(settings, noting: queryTimes)
            state.withLock { $0.statistics.opened += 1 }
            return connection
        } catch {
            logger.error("no connection to PostgreSQL", metadata: ["reason": "\(error)"])
            let next = state.withLock { state in
                state.statistics.failedToOpen += 1
                return state.giveUpPlace()
            }
            next?()
            throw Problem.unavailable
        }
    }

    private func waitInLine() async throws -> Grant {
        let number = state.withLock { $0.nextNumber() }
        let began = ContinuousClock.now
        defer { state.withLock { $0.noteWait(ContinuousClock.now - began) } }
        let grant = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(number: number, continuation: continuation)
                // A place may have come free since the first look.
                let now = state.withLock { state in Result { try state.takeOrQueue(waiter) } }
                switch now {
                case .success(nil): self.limitWait(of: number)
                case .success(.some(let grant)): continuation.resume(returning: grant)
                case .failure(let error): continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            remove(number, throwing: CancellationError())
        }
        return grant
    }

    private func limitWait(of number: UInt64) {
        // The handler may have run before there was anybody to remove.
        if Task.isCancelled { return remove(number, throwing: CancellationError()) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(limits.wait.milliseconds))) {
            [weak self] in
            self?.remove(number, throwing: Problem.unavailable)
        }
    }

    private func remove(_ number: UInt64, throwing error: any Error) {
        guard let waiter = state.withLock({ $0.remove(number) }) else { return }
        if error is Problem { state.withLock { $0.statistics.waitsEndedByLimit += 1 } }
        waiter.continuation.resume(throwing: error)
    }
}
