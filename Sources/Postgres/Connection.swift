import CLibpq
import Foundation
import Synchronization

/// One connection to PostgreSQL, on a thread of its own. Everything that is sent together costs one hop to
/// that thread and one round trip.
///
/// Business code holds a `Database`; the migrator, benchmarks and test templates hold a connection of the
/// owner.
package actor Connection {
    /// What a pool must know of a connection without waiting for it.
    enum Condition: UInt8, AtomicRepresentable {
        case idle, inTransaction, broken
    }

    private let executor: QueueExecutor
    let link: Link
    nonisolated let canceller: Canceller
    nonisolated let openedAt = ContinuousClock.now
    private nonisolated let condition = Atomic(Condition.idle)
    var statements: StatementCache
    /// Nil when nobody asks how long statements take.
    let queryTimes: QueryTimes?
    /// Nil: as long as it takes.
    private let answerLimit: Duration?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(
        _ link: Link, _ executor: QueueExecutor, _ settings: PostgresSettings, noting times: QueryTimes?
    ) {
        queryTimes = times
        answerLimit = settings.answerLimit
        self.link = link
        self.executor = executor
        canceller = Canceller(link.pointer)
        statements = StatementCache(capacity: settings.preparedStatements)
    }

    /// Connects, at most for the settings' limit. Throws a `ConnectionFailure`.
    package static func open(
        _ settings: PostgresSettings, noting times: QueryTimes? = nil
    ) async throws -> Connection {
        let executor = QueueExecutor()
        let link = try await executor.run { try Link(settings) }
        return Connection(link, executor, settings, noting: times)
    }

    nonisolated var currentCondition: Condition { condition.load(ordering: .acquiring) }

    /// Notes how the last exchange left the connection.
    func noteCondition() {
        let found: Condition =
            switch PQtransactionStatus(link.pointer) {
            case PQTRANS_IDLE: .idle
            case PQTRANS_INTRANS, PQTRANS_INERROR: .inTransaction
            default: .broken
            }
        if currentCondition != .broken { condition.store(found, ordering: .releasing) }
    }

    /// A statement of the open transaction failed: only ROLLBACK is left.
    var hasFailed: Bool { PQtransactionStatus(link.pointer) == PQTRANS_INERROR }

    /// Nothing may be sent any more; the pool drops the connection.
    func noteBroken() {
        condition.store(.broken, ordering: .releasing)
    }

    /// When an answer to what is sent now comes too late.
    var answerDeadline: ContinuousClock.Instant? { answerLimit.map { .now + $0 } }

    /// Whether the server still answers, and soon: whoever asks has a request waiting.
    func answers() -> Bool {
        (try? exchange([], until: .now + .seconds(1))) != nil
    }
}

/// The ownership of a PGconn.
final class Link: @unchecked Sendable {
    // Used on the connection's queue only, but for PQfinish, which runs when nobody holds the connection any
    // more.
    let pointer: OpaquePointer

    init(_ settings: PostgresSettings) throws(ConnectionFailure) {
        let parameters = try settings.parameters()
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for (keyword, value) in parameters {
            keywords.append(strdup(keyword))
            values.append(strdup(value))
        }
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let pointer = PQconnectdbParams(keywords + [nil], values + [nil], 0) else {
            throw ConnectionFailure(description: "no memory for a connection")
        }
        guard PQstatus(pointer) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(pointer))
            PQfinish(pointer)
            throw ConnectionFailure(description: reason.split(separator: "\n").joined(separator: " "))
        }
        // Notices (a table that exists already) would go to standard error.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        self.pointer = pointer
    }

    deinit {
        PQfinish(pointer)
    }
}
