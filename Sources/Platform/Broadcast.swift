package import Kernel
package import Postgres
import ServiceLifecycle

/// What kind of news is told.
package struct BroadcastChannel: Hashable, Sendable {
    let name: String

    package init(_ name: String) {
        self.name = name
    }
}

/// What all processes are told at once, such as that something they remember has changed. Nothing is kept for
/// a process that is not there: whoever hears must be right after a while without hearing.
package struct Broadcast: Service {
    /// Acts on news of a tenant; nil when some may have been missed, of any.
    package typealias Hearer = @Sendable (TenantID?) async -> Void

    private let listener: Listener
    private let hearers: [String: Hearer]

    /// What to do by the kind of the news.
    package init(_ listener: Listener, hearers: [BroadcastChannel: Hearer]) {
        self.listener = listener
        self.hearers = Dictionary(uniqueKeysWithValues: hearers.map { ($0.key.name, $0.value) })
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await event in listener.events(on: Array(hearers.keys)) {
                switch event {
                case .notification(let channel, let tenant): await hearers[channel]?(TenantID(tenant))
                case .mayHaveMissed: for hear in hearers.values { await hear(nil) }
                }
            }
        }
    }
}
