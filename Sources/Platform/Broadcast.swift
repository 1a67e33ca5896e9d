package import Postgres
import ServiceLifecycle

/// What all processes are told at once, such as that something they remember has changed. Nothing is kept for
/// a process that is not there: whoever hears must be right after a while without hearing.
package struct Broadcast: Service {
    private let listener: Listener
    private let hearers: [String: @Sendable () -> Void]

    /// What to do by name of the news; also done whenever some may have been missed.
    package init(_ listener: Listener, hearers: [String: @Sendable () -> Void]) {
        self.listener = listener
        self.hearers = hearers
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await event in listener.events(on: Array(hearers.keys)) {
                switch event {
                case .notification(let channel, _): hearers[channel]?()
                case .mayHaveMissed: for hear in hearers.values { hear() }
                }
            }
        }
    }
}
