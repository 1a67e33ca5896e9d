import Kernel
package import Measures

/// Counts of one pool since it was made, and its present state.
package struct PoolStatistics: Hashable, Sendable {
    /// Connections now: open or being opened, and how many of them nobody uses.
    package internal(set) var connections = 0
    package internal(set) var idle = 0
    /// Callers in line now.
    package internal(set) var waiting = 0
    /// Callers that ever had to wait, for how long together and each, and how many in vain.
    package internal(set) var waits = 0
    package internal(set) var waited = Duration.zero
    package internal(set) var waitTimes = Buckets()
    package internal(set) var waitsEndedByLimit = 0
    package internal(set) var opened = 0
    package internal(set) var failedToOpen = 0
}

extension ConnectionPool {
    /// What a caller gets: a connection that was idle, or a place to open one in.
    enum Grant: Sendable {
        case idle(Connection, since: ContinuousClock.Instant)
        case open
    }

    struct Waiter: Sendable {
        let number: UInt64
        let continuation: CheckedContinuation<Grant, any Error>
    }

    /// The pool's book-keeping: no waiting and no I/O in it. What resumes a waiter is handed out and called
    /// outside the lock.
    struct State: Sendable {
        var statistics = PoolStatistics()
        private let limit: Int
        private var idle: [(connection: Connection, since: ContinuousClock.Instant)] = []
        private var line: [Waiter] = []
        private var places = 0
        private var numbers: UInt64 = 0
        private var isClosed = false
        private var onEmpty: [CheckedContinuation<Void, Never>] = []

        init(limit: Int) {
            self.limit = limit
        }

        mutating func nextNumber() -> UInt64 {
            numbers += 1
            return numbers
        }

        /// The connection used last, else a place for a new one, else nil. Throws when the pool is closed.
        mutating func take() throws -> Grant? {
            if isClosed { throw Problem.unavailable }
            if let (connection, since) = idle.popLast() {
                statistics.idle = idle.count
                return .idle(connection, since: since)
            }
            guard places < limit else { return nil }
            places += 1
            statistics.connections = places
            return .open
        }

        mutating func takeOrQueue(_ waiter: Waiter) throws -> Grant? {
            if let grant = try take() { return grant }
            line.append(waiter)
            statistics.waits += 1
            statistics.waiting = line.count
            return nil
        }

        mutating func remove(_ number: UInt64) -> Waiter? {
            guard let index = line.firstIndex(where: { $0.number == number }) else { return nil }
            statistics.waiting = line.count - 1
            return line.remove(at: index)
        }

        mutating func noteWait(_ duration: Duration) {
            statistics.waited += duration
            statistics.waitTimes.add(duration)
        }

        /// To the first in line, else idle.
        mutating func giveBack(_ connection: Connection, at now: ContinuousClock.Instant) -> (() -> Void)? {
            if isClosed { return giveUpPlace() }
            if let waiter = shift() {
                return { waiter.continuation.resume(returning: .idle(connection, since: now)) }
            }
            idle.append((connection, now))
            statistics.idle = idle.count
            return nil
        }

        /// The place of a connection that is no more goes to the first in line, else away.
        mutating func giveUpPlace() -> (() -> Void)? {
            if let waiter = shift() { return { waiter.continuation.resume(returning: .open) } }
            places -= 1
            statistics.connections = places
            guard places == 0, isClosed else { return nil }
            let waiting = onEmpty
            onEmpty = []
            return { for continuation in waiting { continuation.resume() } }
        }

        private mutating func shift() -> Waiter? {
            if line.isEmpty { return nil }
            statistics.waiting = line.count - 1
            return line.removeFirst()
        }

        /// Closes for good: the idle connections and the waiters that the caller must end.
        mutating func close() -> (idle: [Connection], waiting: [Waiter]) {
            isClosed = true
            let ended = (idle.map(\.connection), line)
            places -= idle.count
            idle = []
            line = []
            statistics.connections = places
            statistics.idle = 0
            statistics.waiting = 0
            return ended
        }

        /// True when no connection is left; else the continuation is resumed with the last one.
        mutating func whenEmpty(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
            if places == 0 { return true }
            onEmpty.append(continuation)
            return false
        }
    }
}
