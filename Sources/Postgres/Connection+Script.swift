import CLibpq

/// A script failed. Its words are the server's: scripts are the owner's own and hold no customer's data.
package struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    package let sqlState: String
    package let message: String
    /// The line of the script that the server points at, from 1.
    package let line: Int?

    package var description: String {
        "\(message) (\(sqlState)\(line.map { ", line \($0)" } ?? ""))"
    }
}

extension Connection: StatementRunner {
    /// Runs the statements in one round trip, as a transaction of their own unless one is open.
    package func pipeline(_ statements: [SQL]) throws -> [Rows] {
        do {
            return try exchange(statements)
        } catch is ConnectionLost {
            throw PostgresError.connectionLost
        }
    }

    /// Runs a script of any number of statements without values; all or nothing, unless it says BEGIN itself.
    /// Throws a `ScriptError`, or `PostgresError.connectionLost`.
    package func execute(script: String) throws {
        try leavePipeline()
        defer { noteCondition() }
        guard let pointer = PQexec(link.pointer, script) else { throw PostgresError.connectionLost }
        let result = QueryResult(pointer)
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            return
        case PGRES_FATAL_ERROR:
            throw scriptError(result, script: script)
        default:
            // A COPY without its data: the connection is stuck in it.
            noteBroken()
            throw ScriptError(
                sqlState: "0A000", message: "a script cannot COPY from or to its client", line: nil)
        }
    }

    /// Sends `data` to `COPY … FROM STDIN` and returns the number of rows. The statement names the format.
    /// PostgreSQL refuses it for a table whose row-level security applies to the role.
    @discardableResult
    package func copy(_ statement: String, from data: [UInt8]) throws -> Int {
        try leavePipeline()
        defer { noteCondition() }
        guard let started = PQexec(link.pointer, statement).map(QueryResult.init) else {
            throw PostgresError.connectionLost
        }
        guard PQresultStatus(started.pointer) == PGRES_COPY_IN else {
            throw scriptError(started, script: statement)
        }
        let pieceSize = 1 << 20
        data.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: pieceSize) {
                let piece = UnsafeRawBufferPointer(
                    rebasing: bytes[start..<min(start + pieceSize, bytes.count)])
                let text = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                // A failure here is told again, with its reason, by the result below.
                if PQputCopyData(link.pointer, text, Int32(piece.count)) != 1 { return }
            }
        }
        PQputCopyEnd(link.pointer, nil)
        guard let ended = PQgetResult(link.pointer).map(QueryResult.init) else {
            throw PostgresError.connectionLost
        }
        while let surplus = PQgetResult(link.pointer) { PQclear(surplus) }
        guard PQresultStatus(ended.pointer) == PGRES_COMMAND_OK else {
            throw scriptError(ended, script: statement)
        }
        return ended.affected
    }

    /// PQexec and COPY are refused in a pipeline, and COPY is written blocking.
    private func leavePipeline() throws {
        guard currentCondition != .broken, PQexitPipelineMode(link.pointer) == 1 else {
            throw PostgresError.connectionLost
        }
        PQsetnonblocking(link.pointer, 0)
    }

    private func scriptError(_ result: QueryResult, script: String) -> any Error {
        guard let sqlState = result.field("C"), PQstatus(link.pointer) == CONNECTION_OK else {
            noteBroken()
            return PostgresError.connectionLost
        }
        // The position counts characters of the whole script.
        let position = result.field("P").flatMap(Int.init)
        let line = position.map { script.unicodeScalars.prefix($0 - 1).count { $0 == "\n" } + 1 }
        return ScriptError(sqlState: sqlState, message: result.field("M") ?? "", line: line)
    }
}
