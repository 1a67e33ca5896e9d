import CLibpq
import Dispatch
import Synchronization

/// Asks the server to stop what one connection is doing, from any thread.
///
/// The request names a connection, not a statement. So it is sent under the lock that also guards the end of
/// the statement: it cannot hit the next one, which may be somebody else's.
final class Canceller: @unchecked Sendable {
    /// One wish to run something, which may be cancelled before, while or after it runs.
    final class Ticket: Sendable {
        fileprivate let isCancelled = Atomic(false)
    }

    /// Immutable after it was made; libpq allows its use from any thread.
    private let request: OpaquePointer?
    private let running = Mutex<Ticket?>(nil)

    init(_ connection: OpaquePointer) {
        request = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(request)
    }

    /// Throws `CancellationError` when the ticket was cancelled before.
    func begin(_ ticket: Ticket) throws {
        running.withLock { $0 = ticket }
        if ticket.isCancelled.load(ordering: .sequentiallyConsistent) {
            end()
            throw CancellationError()
        }
    }

    func end() {
        running.withLock { $0 = nil }
    }

    func cancel(_ ticket: Ticket) {
        ticket.isCancelled.store(true, ordering: .sequentiallyConsistent)
        DispatchQueue.global().async { self.ask(ticket) }
    }

    /// Asks again until the ticket ends: a server that has not yet read the statement ignores the request.
    private func ask(_ ticket: Ticket) {
        let isRunning = running.withLock { running in
            guard running === ticket else { return false }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(request, &message, Int32(message.count))
            return true
        }
        if isRunning {
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { self.ask(ticket) }
        }
    }
}
