package import Logging

/// Hears what `NOTIFY` tells, on a connection of its own.
package struct Listener: Sendable {
    package enum Event: Hashable, Sendable {
        case notification(channel: String, payload: String)
        /// Listening begins now, for the first time or again: what was said before is lost. Read the table.
        case mayHaveMissed
    }

    private let settings: PostgresSettings
    private let logger: Logger

    package init(_ settings: PostgresSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Events until the task that reads them is cancelled, or the stream is dropped. A broken connection is
    /// opened again after 0.1 to 10 seconds; each time the stream begins with `mayHaveMissed`, as it does
    /// when the reader is so slow that events had to be dropped.
    package func events(on channels: [String]) -> AsyncStream<Event> {
        AsyncStream(bufferingPolicy: .bufferingNewest(4096)) { continuation in
            let ear = Ear(settings, channels: channels, logger: logger, events: continuation)
            continuation.onTermination = { _ in ear.stop() }
            ear.start()
        }
    }
}
