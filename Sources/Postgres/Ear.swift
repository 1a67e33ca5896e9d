import CLibpq
import Dispatch
import Foundation
import Logging

/// The connection behind one stream of a `Listener`: everything happens on its queue, so nothing else needs a
/// lock.
final class Ear: @unchecked Sendable {
    private let queue = DispatchQueue(label: "mpanel.postgres.listener")
    private let settings: PostgresSettings
    private let channels: [String]
    private let logger: Logger
    private let events: AsyncStream<Listener.Event>.Continuation

    // On the queue only.
    private var link: Link?
    private var source: (any DispatchSourceRead)?
    private var failures = 0
    private var isStopped = false

    init(
        _ settings: PostgresSettings, channels: [String], logger: Logger,
        events: AsyncStream<Listener.Event>.Continuation
    ) {
        self.settings = settings
        self.channels = channels
        self.logger = logger
        self.events = events
    }

    func start() {
        queue.async { self.connect() }
    }

    func stop() {
        queue.async {
            self.isStopped = true
            self.close()
        }
    }

    private func connect() {
        if isStopped { return }
        do {
            let link = try Link(settings)
            for channel in channels { try listen(channel, over: link) }
            try watch(link)
            self.link = link
            failures = 0
            tell(.mayHaveMissed)
            // What arrived beside the answer to LISTEN is in libpq's buffer already: no event would tell of
            // it.
            hear(link)
        } catch {
            logger.warning("cannot listen to PostgreSQL", metadata: ["reason": "\(error)"])
            reconnectLater()
        }
    }

    private func listen(_ channel: String, over link: Link) throws(ConnectionFailure) {
        guard let name = PQescapeIdentifier(link.pointer, channel, channel.utf8.count) else {
            throw ConnectionFailure(description: "a channel's name is not UTF-8")
        }
        defer { PQfreemem(name) }
        let result = PQexec(link.pointer, "LISTEN " + String(cString: name))
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw ConnectionFailure(description: "LISTEN was refused")
        }
    }

    private func watch(_ link: Link) throws(ConnectionFailure) {
        // A duplicate: libpq closes its own as soon as the line breaks. Until the source is cancelled,
        // Dispatch would take whatever gets the same number next for ours.
        let descriptor = dup(PQsocket(link.pointer))
        guard descriptor >= 0 else { throw ConnectionFailure(description: "too many open files") }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { Foundation.close(descriptor) }
        source.resume()
        self.source = source
    }

    private func read() {
        guard let link else { return }
        // To the last byte and the end behind it: once the server has hung up, Dispatch does not call a
        // second time.
        var isAlive = true
        repeat {
            isAlive = PQconsumeInput(link.pointer) == 1 && PQstatus(link.pointer) == CONNECTION_OK
        } while isAlive && hasInput(link)
        hear(link)
        if isAlive { return }
        logger.notice("the connection that listens to PostgreSQL broke")
        reconnectLater()
    }

    private func hasInput(_ link: Link) -> Bool {
        var watched = pollfd(fd: PQsocket(link.pointer), events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) > 0
    }

    private func hear(_ link: Link) {
        while let notification = PQnotifies(link.pointer) {
            defer { PQfreemem(notification) }
            let channel = String(cString: notification.pointee.relname)
            let payload = notification.pointee.extra.map { String(cString: $0) } ?? ""
            tell(.notification(channel: channel, payload: payload))
        }
    }

    private func tell(_ event: Listener.Event) {
        if case .dropped = events.yield(event) { events.yield(.mayHaveMissed) }
    }

    private func reconnectLater() {
        close()
        // 0.1, 0.2, 0.4 … 10 seconds, and a tenth by chance: not all processes at once.
        let milliseconds = min(10_000, 100 << min(failures, 7))
        failures += 1
        let chance = Int.random(in: 0...milliseconds / 10)
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds + chance)) { self.connect() }
    }

    /// A source that is not cancelled would fire for ever on a closed connection.
    private func close() {
        source?.cancel()
        source = nil
        link = nil
    }
}
