package import Logging
package import NIOCore
import NIOPosix

/// Hears what is published on channels, on a connection of its own.
package struct RedisSubscription: Sendable {
    package enum Event: Hashable, Sendable {
        case message(channel: RedisKey, payload: RedisValue)
        /// Hearing begins now, for the first time or again: what was said before is lost. Read the store.
        case gap
    }

    private let settings: RedisSettings
    private let group: any EventLoopGroup
    private let logger: Logger

    package init(
        _ settings: RedisSettings, logger: Logger,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.settings = settings
        self.group = group
        self.logger = logger
    }

    /// Events until the task that reads them is cancelled, or the stream is dropped. A broken connection is
    /// opened again after 0.1 to 1 seconds; each time the stream goes on with `gap`, as it does when the
    /// reader is so slow that events had to be dropped.
    package func events(on channels: [RedisKey], buffering limit: Int = 4096) -> AsyncStream<Event> {
        AsyncStream(bufferingPolicy: .bufferingNewest(limit)) { continuation in
            // It lives as long as the stream, whose end cancels it.
            let hearing = Task { await hear(channels, continuation) }
            continuation.onTermination = { _ in hearing.cancel() }
        }
    }

    private func hear(_ channels: [RedisKey], _ events: AsyncStream<Event>.Continuation) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await subscribe(channels, events)
                failures = 0
                await listen(connection)
                if !Task.isCancelled { logger.notice("the connection that listens to Redis broke") }
            } catch {
                if Task.isCancelled { return }
                if failures == 0 {
                    logger.warning("cannot listen to Redis", metadata: ["reason": "\(error)"])
                }
            }
            let milliseconds = min(800, 100 << min(failures, 3))
            failures += 1
            let chance = Int.random(in: 0...milliseconds / 4)
            try? await Task.sleep(for: .milliseconds(milliseconds + chance))
        }
    }

    private func subscribe(
        _ channels: [RedisKey], _ events: AsyncStream<Event>.Continuation
    ) async throws -> RedisConnection {
        let known = Dictionary(channels.map { (RedisValue(.init($0.bytes)), $0) }) { first, _ in first }
        @Sendable func tell(_ event: Event) {
            if case .dropped = events.yield(event) { events.yield(.gap) }
        }
        let connection = try await RedisConnection.open(settings, on: group) { channel, payload in
            guard case .value(let name) = channel, case .value(let payload) = payload,
                let channel = known[name]
            else { return }
            tell(.message(channel: channel, payload: payload))
        }
        do {
            for channel in channels { _ = try await connection.send(RedisCommand("SUBSCRIBE", channel)) }
        } catch {
            connection.drop()
            throw error
        }
        tell(.gap)
        return connection
    }

    /// Returns when the connection is gone, whether the server hung up or fell silent.
    private func listen(_ connection: RedisConnection) async {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Nothing else would tell that the line is dead while nobody publishes.
                    while (try? await connection.send(RedisCommand("PING"))) != nil {
                        try? await Task.sleep(for: .seconds(10))
                    }
                    connection.drop()
                }
                await connection.untilClosed()
                group.cancelAll()
            }
        } onCancel: {
            connection.drop()
        }
    }
}
