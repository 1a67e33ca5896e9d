import CLibpq
import Dispatch
import Foundation
import Synchronization

/// Asks the server to stop what one connection is doing, from any thread.
///
/// The request names a connection, not a statement. So no other statement begins before the request is out:
/// it cannot hit the next one, which may be somebody else's.
final class Canceller: @unchecked Sendable {
    /// One wish to run something, which may be cancelled before, while or after it runs.
    final class Ticket: Sendable {
        fileprivate let isCancelled = Atomic(false)
    }

    /// Immutable after it was made; libpq allows its use from any thread.
    private let request: OpaquePointer?
    private let state = Mutex(State())

    private struct State {
        var running: Ticket?
        /// Requests to cancel that are on their way.
        var requests = 0
    }

    /// How long the end of a statement waits for a request that is on its way.
    private static let patience = Duration.seconds(1)

    init(_ connection: OpaquePointer) {
        request = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(request)
    }

    /// Throws `CancellationError` when the ticket was cancelled before.
    func begin(_ ticket: Ticket) throws {
        state.withLock { $0.running = ticket }
        if ticket.isCancelled.load(ordering: .sequentiallyConsistent) {
            end()
            throw CancellationError()
        }
    }

    /// False when a request is still on its way after a second, which a network that is cut may hold for
    /// minutes: then nobody may use the connection any more. Blocks its thread meanwhile.
    @discardableResult
    func end() -> Bool {
        let deadline = ContinuousClock.now + Canceller.patience
        var requests = state.withLock { state in
            state.running = nil
            return state.requests
        }
        while requests > 0, ContinuousClock.now < deadline {
            usleep(1000)
            requests = state.withLock { $0.requests }
        }
        return requests == 0
    }

    /// Whether the statement that runs is not wanted any more.
    var isCancelled: Bool {
        state.withLock { $0.running?.isCancelled.load(ordering: .sequentiallyConsistent) ?? false }
    }

    func cancel(_ ticket: Ticket) {
        ticket.isCancelled.store(true, ordering: .sequentiallyConsistent)
        DispatchQueue.global().async { self.ask(ticket) }
    }

    /// Asks again until the ticket ends: a server that has not yet read the statement ignores the request.
    private func ask(_ ticket: Ticket) {
        let isRunning = state.withLock { state in
            guard state.running === ticket else { return false }
            state.requests += 1
            return true
        }
        guard isRunning else { return }
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(request, &message, Int32(message.count))
        state.withLock { $0.requests -= 1 }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { self.ask(ticket) }
    }
}
