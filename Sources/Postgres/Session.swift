import Synchronization

/// One transaction on one connection of a pool. It begins with its first statement, in the same round trip.
final class Session: Sendable {
    private enum Phase {
        /// Nothing was sent, or nothing of it arrived.
        case pending
        case open
        case ended
    }

    private struct State {
        /// Nil once it went back to the pool or could not be replaced.
        var connection: Connection?
        var phase = Phase.pending
        var wasReplaced = false
    }

    private let pool: ConnectionPool
    /// What goes in front of the first statement: BEGIN, and whose rows may be seen.
    private let opening: [SQL]
    private let state: Mutex<State>

    /// Waits for a connection. Throws `Problem.unavailable` when none comes free in time.
    init(_ pool: ConnectionPool, opening: [SQL]) async throws {
        self.pool = pool
        self.opening = opening
        state = Mutex(State(connection: try await pool.lease()))
    }

    func run(_ statements: [SQL]) async throws -> [Rows] {
        guard
            let connection = try state.withLock({ state in
                if state.phase == .ended { throw TransactionEnded() }
                return state.connection
            })
        else { throw PostgresError.connectionLost }
        do {
            return try await send(statements, over: connection)
        } catch let lost as ConnectionLost {
            // A server that was restarted leaves dead connections in the pool. Nothing was answered, so
            // nothing was committed: once more on a fresh one.
            guard !lost.answered, mayReplace(connection) else { throw PostgresError.connectionLost }
            let fresh = try await replace(connection)
            do {
                return try await send(statements, over: fresh)
            } catch is ConnectionLost {
                throw PostgresError.connectionLost
            }
        }
    }

    private func send(_ statements: [SQL], over connection: Connection) async throws -> [Rows] {
        let ticket = Canceller.Ticket()
        do {
            return try await withTaskCancellationHandler {
                try await connection.run(statements, in: self, ticket)
            } onCancel: {
                connection.canceller.cancel(ticket)
            }
        } catch let error as PostgresError where error.isCancelled && Task.isCancelled {
            throw CancellationError()
        }
    }

    private func mayReplace(_ connection: Connection) -> Bool {
        state.withLock { state in
            guard state.phase == .pending, !state.wasReplaced, state.connection === connection else {
                return false
            }
            state.wasReplaced = true
            state.connection = nil
            return true
        }
    }

    private func replace(_ connection: Connection) async throws -> Connection {
        let fresh = try await pool.replace(connection)
        state.withLock { $0.connection = fresh }
        return fresh
    }
}

// Called by the connection, on its own thread, so that a statement and the end of its transaction cannot
// overlap.
extension Session {
    /// What to send in front of the next statement. Throws `TransactionEnded` to whoever kept the transaction
    /// for later: its connection may already serve another tenant.
    func enter() throws -> [SQL] {
        try state.withLock { state in
            switch state.phase {
            case .pending:
                state.phase = .open
                return opening
            case .open: return []
            case .ended: throw TransactionEnded()
            }
        }
    }

    /// The opening did not arrive.
    func retreat() {
        state.withLock { $0.phase = .pending }
    }

    func leave() {
        state.withLock { $0.phase = .ended }
    }
}

extension Session {
    /// Commits. Throws `PostgresError.commitUnknown` when the answer was lost, unless the transaction only
    /// read.
    func commit(isReadOnly: Bool) async throws {
        guard let connection = endUnlessOpen() else { return }
        defer { giveBack() }
        do {
            if Task.isCancelled {
                try? await connection.end(self, with: "ROLLBACK")
                throw CancellationError()
            }
            try await connection.end(self, with: "COMMIT")
        } catch is ConnectionLost {
            if !isReadOnly { throw PostgresError.commitUnknown }
        }
    }

    /// Undoes everything. A connection that does not answer is dropped, which undoes it as well.
    func rollback() async {
        guard let connection = endUnlessOpen() else { return }
        try? await connection.end(self, with: "ROLLBACK")
        giveBack()
    }

    /// Ends a session whose statements were a transaction by themselves.
    func finish() {
        leave()
        giveBack()
    }

    /// The connection on which a transaction is open; nil when there is nothing to end.
    private func endUnlessOpen() -> Connection? {
        let connection = state.withLock { state -> Connection? in
            if state.phase == .open { return state.connection }
            state.phase = .ended
            return nil
        }
        if connection == nil { giveBack() }
        return connection
    }

    private func giveBack() {
        let connection = state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }
        if let connection { pool.giveBack(connection) }
    }
}

extension Connection {
    /// Runs statements of a session, in the first round trip behind its opening.
    func run(_ statements: [SQL], in session: Session, _ ticket: Canceller.Ticket) throws -> [Rows] {
        try canceller.begin(ticket)
        defer { if !canceller.end() { noteBroken() } }
        let opening = try session.enter()
        if opening.isEmpty { return try exchange(statements) }
        do {
            return Array(try exchange(opening + statements).dropFirst(opening.count))
        } catch let lost as ConnectionLost {
            session.retreat()
            throw lost
        }
    }

    /// Ends a session's transaction by COMMIT or ROLLBACK. A failed transaction cannot be committed:
    /// PostgreSQL would answer COMMIT by rolling back, without an error.
    func end(_ session: Session, with last: SQL) throws {
        session.leave()
        if currentCondition == .broken { throw PostgresError.connectionLost }
        if last.text == "COMMIT", hasFailed {
            _ = try exchange(["ROLLBACK"])
            throw PostgresError.transactionFailed
        }
        _ = try exchange([last])
    }
}
