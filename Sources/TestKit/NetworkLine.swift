import NIOCore
import NIOPosix
import Synchronization

/// A piece of network in front of a server that listens on a unix socket. A test may cut it: then nothing
/// comes through, and nobody hangs up.
package final class NetworkLine: Sendable {
    private struct State {
        var isCut = false
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let listener: any Channel
    private let state: Ends
    package let port: Int

    private init(_ listener: any Channel, _ state: Ends) {
        self.listener = listener
        self.state = state
        port = listener.localAddress?.port ?? 0
    }

    /// Runs `body` with a line to the server behind `socket`, whose near end is a port of `host`.
    package static func run<Value: Sendable>(
        to socket: String, on host: String = "127.0.0.1", _ body: (NetworkLine) async throws -> Value
    ) async throws -> Value {
        let group = MultiThreadedEventLoopGroup.singleton
        let ends = Ends()
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: socket)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(PassOn(to: far))
                        try far.pipeline.syncOperations.addHandler(PassOn(to: near))
                        ends.add(near, far)
                    }
            }
            .bind(host: host, port: 0).get()
        let line = NetworkLine(listener, ends)
        let result: Result<Value, any Error>
        do { result = .success(try await body(line)) } catch { result = .failure(error) }
        try await listener.close()
        ends.closeAll()
        return try result.get()
    }

    package func cut() { state.set(isCut: true) }

    /// What was sent meanwhile arrives now.
    package func heal() { state.set(isCut: false) }

    /// Every connection's two ends.
    private final class Ends: Sendable {
        private let state = Mutex(State())

        func add(_ near: any Channel, _ far: any Channel) {
            let isCut = state.withLock { state in
                for end in [near, far] { state.channels[ObjectIdentifier(end)] = end }
                return state.isCut
            }
            for end in [near, far] {
                if !isCut { _ = end.setOption(.autoRead, value: true) }
                end.closeFuture.whenComplete { _ in
                    self.state.withLock { $0.channels[ObjectIdentifier(end)] = nil }
                }
            }
        }

        func set(isCut: Bool) {
            let channels = state.withLock { state in
                state.isCut = isCut
                return Array(state.channels.values)
            }
            for channel in channels { _ = channel.setOption(.autoRead, value: !isCut) }
        }

        func closeAll() {
            let channels = state.withLock { Array($0.channels.values) }
            for channel in channels { channel.close(promise: nil) }
        }
    }
}

/// Gives what one end reads to the other, and its hanging up, too.
private final class PassOn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
