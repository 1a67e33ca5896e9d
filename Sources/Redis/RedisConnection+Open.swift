import Foundation
import NIOCore
import NIOPosix
import NIOSSL

extension RedisConnection {
    /// Connects, signs in, and returns once the server has answered, all within the settings' limit. Throws a
    /// `RedisUnreachable` that says why not.
    ///
    /// `onMessage` hears channel and payload of what is published, on the event loop.
    static func open(
        _ settings: RedisSettings, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        onMessage: (@Sendable (RedisReply, RedisReply) -> Void)? = nil
    ) async throws -> RedisConnection {
        let deadline = ContinuousClock.now + settings.connectLimit
        do {
            let record = ConnectionRecord(limit: settings.commandsInFlight)
            let encryption = try settings.encryption.context()
            let host = settings.address.name
            let bootstrap = ClientBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let encryption {
                            try pipeline.addHandler(
                                NIOSSLClientHandler(context: encryption, serverHostname: host))
                        }
                        try pipeline.addHandler(ByteToMessageHandler(ReplyDecoder()))
                        try pipeline.addHandler(
                            ReplyMatcher(record: record, limit: settings.commandLimit, onMessage: onMessage))
                    }
                }
            let channel = try await connect(bootstrap, settings)
            let connection = RedisConnection(channel, record, limit: settings.commandLimit)
            do {
                try await connection.signIn(settings, until: deadline)
            } catch {
                connection.drop()
                // A certificate that was refused is told here: the sign-in may have come too late to see more
                // than a closed connection.
                throw record.failure ?? error
            }
            return connection
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RedisUnreachable(error, within: settings.connectLimit)
        }
    }

    private static func connect(
        _ bootstrap: ClientBootstrap, _ settings: RedisSettings
    ) async throws -> any Channel {
        let attempt =
            switch settings.address {
            case .network(let host, let port): keptAlive(bootstrap).connect(host: host, port: port)
            case .socket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        // The bootstrap's own limit begins after the look-up of the name, and knows no cancellation.
        let first = attempt.eventLoop.makePromise(of: (any Channel).self)
        attempt.cascade(to: first)
        let timer = attempt.eventLoop.scheduleTask(in: TimeAmount(settings.connectLimit)) {
            first.fail(RedisError.timedOut)
        }
        first.futureResult.whenComplete { result in
            timer.cancel()
            // Whoever comes too late is not left open.
            if case .failure = result { attempt.whenSuccess { $0.close(promise: nil) } }
        }
        return try await withTaskCancellationHandler {
            try await first.futureResult.get()
        } onCancel: {
            first.fail(CancellationError())
        }
    }

    /// A minute of silence on a dead line is found out before the next command is, which would have to wait
    /// for its time limit.
    private static func keptAlive(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        let times: [(name: Int32, value: SocketOptionValue)] = [
            (TCP_KEEPIDLE, 30), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3),
        ]
        return times.reduce(bootstrap.channelOption(.socketOption(.so_keepalive), value: 1)) {
            $0.channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: $1.name)), value: $1.value)
        }
    }

    private func signIn(_ settings: RedisSettings, until deadline: ContinuousClock.Instant) async throws {
        func ask(_ command: RedisCommand) async throws {
            _ = try await exchange(command, limit: max(.milliseconds(1), deadline - ContinuousClock.now))
        }
        if let credentials = settings.credentials {
            var command = RedisCommand("AUTH")
            if let user = credentials.user { command.add(user) }
            command.add(credentials.password)
            try await ask(command)
        }
        if settings.database > 0 { try await ask(RedisCommand("SELECT", String(settings.database))) }
        do {
            try await ask(RedisCommand("CLIENT", "SETNAME", settings.applicationName))
        } catch RedisError.refused {
            // The name is for people to read, and some proxies and access lists know nothing of it.
        }
        do {
            // A server that still loads its data, or hangs, accepts connections all the same.
            try await ask(RedisCommand("PING"))
        } catch RedisError.refused(code: "NOPERM") {
            // It answers; what this user may do besides is not for us to say.
        }
    }
}

extension RedisSettings.Address {
    /// What the server's certificate has to be made out to; nil for an IP address, which is compared by
    /// itself.
    fileprivate var name: String? {
        guard case .network(let host, let port) = self else { return nil }
        return (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }
}

extension RedisSettings.Encryption {
    fileprivate func context() throws -> NIOSSLContext? {
        guard case .verified(let authorities) = self else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities { configuration.trustRoots = .file(authorities) }
        return try NIOSSLContext(configuration: configuration)
    }
}

extension RedisUnreachable {
    fileprivate init(_ error: any Error, within limit: Duration) {
        description =
            switch error {
            case RedisError.timedOut: "no answer within \(limit)"
            case RedisError.refused(let code): "the server refused the connection: \(code)"
            case RedisError.malformed: "what answers is not a Redis"
            case RedisError.unavailable: "the server closed the connection"
            default: String(describing: error)
            }
    }
}
