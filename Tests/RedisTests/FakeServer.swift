import NIOCore
import NIOPosix
import Synchronization

@testable import Redis

/// A server on a port of the loopback that says what a test wants, in the pieces that it wants.
final class FakeServer: Sendable {
    private let channel: any Channel
    private let open = Mutex((now: 0, most: 0, ever: 0))

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "redis://127.0.0.1:\(port)" }
    /// The most connections that were open at the same time.
    var mostConnections: Int { open.withLock { $0.most } }
    var connectionsEver: Int { open.withLock { $0.ever } }

    /// Says the pieces, one after another, in answer to the first command, and nothing else. With `greets` it
    /// answers a connection's beginning as Redis does before that.
    static func run(
        saying pieces: [String] = [], greets: Bool = true, test: (FakeServer) async throws -> Void
    ) async throws {
        let counter = FakeCounter()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    counter.note(channel)
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(ReplyDecoder()), FakeHandler(saying: pieces, greets: greets))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = FakeServer(channel)
        counter.server.withLock { $0 = server }
        try await test(server)
        try await channel.close()
    }

    private init(_ channel: any Channel) {
        self.channel = channel
    }

    fileprivate func change(by step: Int) {
        open.withLock { open in
            open.now += step
            open.most = max(open.most, open.now)
            open.ever += max(0, step)
        }
    }
}

private final class FakeCounter: Sendable {
    let server = Mutex<FakeServer?>(nil)

    func note(_ channel: any Channel) {
        let server = server.withLock { $0 }
        server?.change(by: 1)
        channel.closeFuture.whenComplete { _ in server?.change(by: -1) }
    }
}

/// Commands are arrays of values, which our own decoder reads.
private final class FakeHandler: ChannelInboundHandler {
    typealias InboundIn = RedisReply
    typealias OutboundOut = ByteBuffer

    private let greets: Bool
    private var answer: [String]
    private var pieces: [String] = []

    init(saying answer: [String], greets: Bool) {
        self.answer = answer
        self.greets = greets
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .array(let words) = unwrapInboundIn(data), case .value(let name) = words.first else {
            return
        }
        let isFirst = pieces.isEmpty
        if greets, name == "PING" || name == "CLIENT" {
            pieces.append("+OK\r\n")
        } else {
            pieces += answer
            answer = []
        }
        if isFirst { writeNext(context) }
    }

    /// One piece a turn of the loop, so that each is a packet of its own.
    private func writeNext(_ context: ChannelHandlerContext) {
        if pieces.isEmpty { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: pieces.removeFirst())), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.0.writeNext(bound.value.1) }
    }
}
