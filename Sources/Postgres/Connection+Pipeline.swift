import CLibpq
import Foundation

/// The connection broke. `answered` tells whether the server had answered anything of what was sent last.
struct ConnectionLost: Error {
    let answered: Bool
}

extension Connection {
    /// Sends all statements at once behind one Sync and reads all answers: one round trip.
    ///
    /// Outside a transaction they form one of their own, which Sync commits. The first error stops the rest
    /// and is thrown as a `PostgresError`. Throws `ConnectionLost` when the connection breaks or the answer
    /// does not come in time; it is of no use afterwards.
    func exchange(_ sent: [SQL]) throws -> [Rows] {
        try exchange(sent, until: answerDeadline)
    }

    func exchange(_ sent: [SQL], until deadline: ContinuousClock.Instant?) throws -> [Rows] {
        if currentCondition == .broken { throw ConnectionLost(answered: false) }
        defer { noteCondition() }
        guard sent.allSatisfy(\.canBeSent) else { throw PostgresError(sqlState: "54000") }
        PQsetnonblocking(link.pointer, 1)
        guard PQpipelineStatus(link.pointer) != PQ_PIPELINE_OFF || PQenterPipelineMode(link.pointer) == 1
        else {
            throw broken(answered: false)
        }
        let began = ContinuousClock.now
        defer { if let last = sent.last { queryTimes?.note(ContinuousClock.now - began, last.text) } }
        let replies = try send(sent)
        try flush(until: deadline)
        return try receive(replies, until: deadline)
    }

    /// What the server will answer next.
    enum Reply {
        case deallocated(String)
        case prepared(text: String, name: String)
        case rows(text: String)
    }

    private func send(_ sent: [SQL]) throws -> [Reply] {
        var replies: [Reply] = []
        replies.reserveCapacity(sent.count * 2)
        // Not inside a transaction that may have failed: there it would be refused and take the ROLLBACK with
        // it.
        if PQtransactionStatus(link.pointer) == PQTRANS_IDLE {
            for name in statements.abandoned {
                try check(PQsendQueryParams(link.pointer, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1))
                replies.append(.deallocated(name))
            }
        }
        for sql in sent {
            var name = statements.name(for: sql)
            if name == nil, statements.capacity > 0 {
                let new = statements.insert(sql)
                let types = sql.binds.map(\.oid)
                try check(PQsendPrepare(link.pointer, new, sql.text, Int32(types.count), types))
                replies.append(.prepared(text: sql.text, name: new))
                name = new
            }
            try check(sql.send(over: link.pointer, as: name))
            replies.append(.rows(text: sql.text))
        }
        try check(PQpipelineSync(link.pointer))
        return replies
    }

    /// libpq takes a statement into its buffer or the connection is of no use.
    private func check(_ success: Int32) throws {
        if success != 1 { throw broken(answered: false) }
    }

    /// Writes what is buffered and reads meanwhile: with both sides only writing, both buffers would fill up.
    private func flush(until deadline: ContinuousClock.Instant?) throws {
        while true {
            let rest = PQflush(link.pointer)
            if rest == 0 { return }
            // A failed write may have an explanation from the server waiting to be read.
            if rest < 0 { return }
            guard let ready = wait(for: POLLIN | POLLOUT, until: deadline) else {
                throw broken(answered: false)
            }
            if ready & (POLLIN | POLLHUP | POLLERR) != 0, PQconsumeInput(link.pointer) == 0 {
                throw broken(answered: false)
            }
        }
    }

    private func receive(_ replies: [Reply], until deadline: ContinuousClock.Instant?) throws -> [Rows] {
        var rows: [Rows] = []
        rows.reserveCapacity(replies.count)
        var failure: PostgresError?
        var answered = false
        for reply in replies {
            let result = try nextResult(answered: answered, until: deadline)
            switch PQresultStatus(result.pointer) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                answered = true
                switch reply {
                case .rows: rows.append(Rows(result))
                case .deallocated(let name): statements.deallocated(name)
                case .prepared: break
                }
            case PGRES_FATAL_ERROR where !result.isFatal && PQstatus(link.pointer) == CONNECTION_OK:
                answered = true
                let error = PostgresError(result)
                failure = failure ?? error
                if case .rows(let text) = reply, error.isStalePlan { statements.drop(text) }
                fallthrough
            case PGRES_PIPELINE_ABORTED:
                if case .prepared(let text, let name) = reply { statements.forget(text, named: name) }
            default:
                // The server is going down or the answer is none (COPY in a pipeline): do not guess on.
                throw broken(answered: answered)
            }
            try endOfReply(answered: answered, until: deadline)
        }
        let last = try nextResult(answered: answered, until: deadline)
        guard PQresultStatus(last.pointer) == PGRES_PIPELINE_SYNC else { throw broken(answered: answered) }
        if let failure { throw failure }
        return rows
    }

    private func nextResult(
        answered: Bool, until deadline: ContinuousClock.Instant?
    ) throws -> QueryResult {
        try awaitInput(answered: answered, until: deadline)
        guard let result = PQgetResult(link.pointer) else { throw broken(answered: answered) }
        return QueryResult(result)
    }

    /// Behind each reply stands a nil.
    private func endOfReply(answered: Bool, until deadline: ContinuousClock.Instant?) throws {
        try awaitInput(answered: answered, until: deadline)
        if let surplus = PQgetResult(link.pointer) {
            PQclear(surplus)
            throw broken(answered: answered)
        }
    }

    /// Returns when libpq can tell what comes next without waiting for it.
    private func awaitInput(answered: Bool, until deadline: ContinuousClock.Instant?) throws {
        while PQisBusy(link.pointer) == 1 {
            guard wait(for: POLLIN, until: deadline) != nil else { throw broken(answered: answered) }
            // What the server said last may be in the buffer although the line broke: PQgetResult tells.
            if PQconsumeInput(link.pointer) == 0 { return }
        }
    }

    private func broken(answered: Bool) -> ConnectionLost {
        noteBroken()
        return ConnectionLost(answered: answered)
    }
}

extension Connection {
    /// A server that was asked to cancel says so within this time, or it is not there.
    private static let cancelPatience = Duration.seconds(2)
    /// So often a wait looks whether its statement was cancelled.
    private static let look = Duration.milliseconds(500)

    /// Which of the events of poll(2) came; nil when none did before the deadline.
    private func wait(for events: Int32, until given: ContinuousClock.Instant?) -> Int32? {
        var deadline = given
        var wasCancelled = false
        while true {
            let now = ContinuousClock.now
            if let deadline, deadline <= now { return nil }
            let pause = deadline.map { min($0 - now, Connection.look) } ?? Connection.look
            var watched = pollfd(fd: PQsocket(link.pointer), events: Int16(events), revents: 0)
            let count = poll(&watched, 1, Int32(pause.milliseconds))
            if count > 0 { return Int32(watched.revents) }
            if count < 0, errno != EINTR { return nil }
            if !wasCancelled, canceller.isCancelled {
                wasCancelled = true
                let latest = ContinuousClock.now + Connection.cancelPatience
                deadline = deadline.map { min($0, latest) } ?? latest
            }
        }
    }
}

extension SQL {
    /// libpq would cut the text at a NUL without a word.
    fileprivate var canBeSent: Bool {
        binds.count <= SQL.bindLimit && text.withCString { strlen($0) } == text.utf8.count
    }

    /// Queues the statement with its values, which libpq copies from where they lie. Nil has it parsed anew.
    fileprivate func send(over connection: OpaquePointer, as name: String?) -> Int32 {
        let count = Int32(binds.count)
        return values.bytes.withUnsafeBufferPointer { bytes in
            // An empty value needs an address too: without one it would be NULL.
            let base = UnsafeRawPointer(bytes.baseAddress) ?? SQL.nowhere
            let places = binds.map { bind in
                bind.length < 0
                    ? nil : (base + bind.start).assumingMemoryBound(to: CChar.self) as UnsafePointer<CChar>?
            }
            let lengths = binds.map { Int32(clamping: $0.length) }
            let formats = [Int32](repeating: 1, count: binds.count)
            if let name { return PQsendQueryPrepared(connection, name, count, places, lengths, formats, 1) }
            return PQsendQueryParams(connection, text, count, binds.map(\.oid), places, lengths, formats, 1)
        }
    }

    /// Any address that is not nil; nothing is read there.
    private static var nowhere: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 8)! }
}

extension QueryResult {
    /// The server is ending the connection.
    var isFatal: Bool {
        let severity = field("V")
        return severity == "FATAL" || severity == "PANIC"
    }

    /// A field of an error, by its letter in the protocol.
    func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(letter.value)).map { String(cString: $0) }
    }
}

extension PostgresError {
    /// What a failed statement says of itself. Errors that libpq makes itself carry no state.
    init(_ result: QueryResult) {
        // "cached plan must not change result type" has no state of its own.
        let isStalePlan = result.field("R") == "RevalidateCachedQuery" || result.field("C") == "26000"
        self.init(
            sqlState: result.field("C") ?? "08000", constraint: result.field("n"), table: result.field("t"),
            isStalePlan: isStalePlan)
    }
}
