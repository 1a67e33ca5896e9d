/// Counts of one pool since it was made, and its present state.
package struct RedisStatistics: Hashable, Sendable {
    /// Connections that are open now.
    package internal(set) var connections = 0
    /// False while the server cannot be reached, and after the pool was shut down.
    package internal(set) var isAvailable = true
    /// Commands that were handed to a connection.
    package internal(set) var commands = 0
    /// Commands without an answer: refused while the server was unreachable, too many, too late, or lost. An
    /// error that the server answers is none, nor is a cancellation.
    package internal(set) var failures = 0
    package internal(set) var opened = 0
    package internal(set) var failedToOpen = 0
}

extension RedisPool {
    typealias Waiter = CheckedContinuation<RedisConnection, any Error>

    enum Choice {
        case use(RedisConnection)
        case useAndOpenAnother(RedisConnection)
        case wait(number: UInt64)
        case refuse
    }

    /// The pool's book-keeping: no waiting and no I/O in it. What resumes a waiter is handed out and called
    /// outside the lock.
    struct State: Sendable {
        var statistics = RedisStatistics()
        /// The one attempt to open a connection that goes on now.
        var opening: Task<Void, Never>?
        private let limit: Int
        private var connections: [RedisConnection] = []
        private var waiting: [UInt64: Waiter] = [:]
        private var numbers: UInt64 = 0
        private var isClosed = false
        /// After a further connection was refused, as one beyond the server's `maxclients` is, callers do not
        /// ask for it again with each command.
        private var contentUntil: ContinuousClock.Instant?

        init(limit: Int) {
            self.limit = max(1, limit)
        }

        var mayOpen: Bool { !isClosed && opening == nil && connections.count < limit }

        mutating func choose() -> Choice {
            if isClosed { return .refuse }
            if let (connection, load) = leastBusy() {
                let isContent = contentUntil.map { $0 > .now } ?? false
                return load > 0 && mayOpen && !isContent ? .useAndOpenAnother(connection) : .use(connection)
            }
            // Nobody knows yet whether it can be reached, or else everybody does.
            guard statistics.isAvailable else { return .refuse }
            numbers += 1
            return .wait(number: numbers)
        }

        /// What the waiter gets at once, when things have changed since it was told to wait.
        mutating func wait(_ number: UInt64, _ waiter: Waiter) -> Result<RedisConnection, any Error>? {
            if Task.isCancelled { return .failure(CancellationError()) }
            if let connection = connections.first(where: \.isOpen) { return .success(connection) }
            if isClosed || !statistics.isAvailable { return .failure(RedisError.unavailable) }
            waiting[number] = waiter
            return nil
        }

        mutating func giveUp(_ number: UInt64) -> Waiter? {
            waiting.removeValue(forKey: number)
        }

        /// Nil when nobody needs the connection any more.
        mutating func add(_ connection: RedisConnection) -> (waiting: [Waiter], isNews: Bool)? {
            opening = nil
            if isClosed { return nil }
            let isNews = !statistics.isAvailable
            connections.append(connection)
            statistics.connections = connections.count
            statistics.isAvailable = true
            statistics.opened += 1
            return (takeWaiting(), isNews)
        }

        /// True when it was the last one and the pool should go on.
        mutating func remove(_ connection: RedisConnection) -> Bool {
            connections.removeAll { $0 === connection }
            statistics.connections = connections.count
            return connections.isEmpty && !isClosed
        }

        /// `isEnough` when others are open and do, so that the attempt may end.
        mutating func noteUnreachable() -> (waiting: [Waiter], isNews: Bool, isEnough: Bool) {
            statistics.failedToOpen += 1
            let isEnough = connections.contains(where: \.isOpen) || isClosed
            let isNews = statistics.isAvailable && !isEnough
            if isEnough {
                opening = nil
                contentUntil = .now + .seconds(1)
            } else {
                statistics.isAvailable = false
            }
            return (isEnough ? [] : takeWaiting(), isNews, isEnough)
        }

        mutating func noteFailure(_ error: any Error) {
            switch error {
            case RedisError.unavailable, RedisError.timedOut, RedisError.busy, RedisError.malformed:
                statistics.failures += 1
            default: break
            }
        }

        /// Closes for good: what the caller must end.
        mutating func close() -> (
            connections: [RedisConnection], waiting: [Waiter], opening: Task<Void, Never>?
        ) {
            isClosed = true
            statistics.isAvailable = false
            return (connections, takeWaiting(), opening)
        }

        private func leastBusy() -> (RedisConnection, load: Int)? {
            var best: (RedisConnection, load: Int)?
            for connection in connections where connection.isOpen {
                let load = connection.commandsInFlight
                if load < best?.load ?? .max { best = (connection, load) }
            }
            return best
        }

        private mutating func takeWaiting() -> [Waiter] {
            let taken = Array(waiting.values)
            waiting = [:]
            return taken
        }
    }
}
