import NIOCore
import Synchronization

/// Writes commands and gives each its answer: Redis answers in the order in which it was asked.
///
/// A command that nobody waits for any more, because of its time limit or a cancellation, keeps its place in
/// line until its answer comes, or every later answer would go to the wrong caller.
final class ReplyMatcher: ChannelDuplexHandler {
    typealias InboundIn = RedisReply
    typealias OutboundIn = PendingCommand
    typealias OutboundOut = ByteBuffer

    /// As an outbound event: close as soon as nobody waits any more.
    struct Drain {}

    private struct Place {
        let command: PendingCommand
        let sentAt: NIODeadline

        var endsAt: NIODeadline { sentAt + TimeAmount(command.limit) }
    }

    /// Commands that were sent a moment apart need no timer each.
    private static let grain = TimeAmount.milliseconds(5)

    private let record: ConnectionRecord
    /// How long the first in line may wait before the connection is given up.
    private let patience: Duration
    private let onMessage: (@Sendable (RedisReply, RedisReply) -> Void)?
    private var line = CircularBuffer<Place>()
    private var timer: Scheduled<Void>?
    private var timerEndsAt = NIODeadline.distantFuture
    private var isFlushing = false
    private var isDraining = false

    /// `limit` is a command's usual one. `onMessage` hears channel and payload of what is published; only
    /// then may a server speak unasked.
    init(
        record: ConnectionRecord, limit: Duration, onMessage: (@Sendable (RedisReply, RedisReply) -> Void)?
    ) {
        self.record = record
        // Less would drop the connection for one slow command, and with it the answers to all others.
        patience = limit * 4
        self.onMessage = onMessage
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let command = unwrapOutboundIn(data)
        guard command.isWanted, !isDraining else {
            record.leave()
            command.end(.failure(RedisError.unavailable))
            promise?.succeed()
            return
        }
        line.append(Place(command: command, sentAt: .now()))
        // The promise tells that the command stands in line. What becomes of it there is told by its answer,
        // or by the end of the connection.
        context.write(wrapOutboundOut(command.bytes), promise: nil)
        promise?.succeed()
        flushSoon(context)
        let endsAt = NIODeadline.now() + TimeAmount(command.limit)
        if timer == nil || endsAt < timerEndsAt { watch(context, until: endsAt) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let reply = unwrapInboundIn(data)
        if let onMessage, case .array(let parts) = reply, parts.count == 3,
            parts[0] == .value("message")
        {
            return onMessage(parts[1], parts[2])
        }
        guard let place = line.popFirst() else { return close(context, RedisError.malformed) }
        record.leave()
        if case .refusal(let code) = reply {
            place.command.end(.failure(RedisError.refused(code: code)))
        } else {
            place.command.end(.success(reply))
        }
        if isDraining, line.isEmpty { context.close(promise: nil) }
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is Drain else { return context.triggerUserOutboundEvent(event, promise: promise) }
        isDraining = true
        if line.isEmpty { context.close(promise: nil) }
        promise?.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        endAll()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        endAll()
    }

    private func close(_ context: ChannelHandlerContext, _ error: any Error) {
        record.note(error)
        context.close(promise: nil)
    }

    private func endAll() {
        timer?.cancel()
        timer = nil
        let error = record.failure ?? RedisError.unavailable
        while let place = line.popFirst() {
            record.leave()
            place.command.end(.failure(error))
        }
    }

    /// One system call for all commands that arrive in the same turn of the loop.
    private func flushSoon(_ context: ChannelHandlerContext) {
        if isFlushing { return }
        isFlushing = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (matcher, context) = bound.value
            matcher.isFlushing = false
            context.flush()
        }
    }

    /// One timer a connection, and not one a command: nearly all are answered long before it goes off.
    private func watch(_ context: ChannelHandlerContext, until deadline: NIODeadline) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer?.cancel()
        timerEndsAt = deadline
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (matcher, context) = bound.value
            matcher.timer = nil
            matcher.checkTime(context)
        }
    }

    private func checkTime(_ context: ChannelHandlerContext) {
        guard let first = line.first else { return }
        let now = NIODeadline.now()
        let givenUpAt = first.sentAt + TimeAmount(max(patience, first.command.limit))
        if now >= givenUpAt { return close(context, RedisError.unavailable) }
        var next = givenUpAt
        for place in line {
            if place.endsAt > now {
                next = min(next, place.endsAt)
            } else {
                place.command.end(.failure(RedisError.timedOut))
            }
        }
        watch(context, until: max(next, now + ReplyMatcher.grain))
    }
}

/// What is known of a connection off its event loop.
final class ConnectionRecord: Sendable {
    private let limit: Int
    private let waiting = Atomic(0)
    private let firstFailure = Mutex<(any Error)?>(nil)

    init(limit: Int) {
        self.limit = limit
    }

    /// Commands that have no answer yet, counted before they reach the event loop.
    var commandsInFlight: Int { waiting.load(ordering: .relaxed) }

    /// False when too many wait already.
    func enter() -> Bool {
        if waiting.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        leave()
        return false
    }

    func leave() {
        waiting.wrappingSubtract(1, ordering: .relaxed)
    }

    /// What broke the connection; later failures only follow from it.
    var failure: (any Error)? { firstFailure.withLock { $0 } }

    func note(_ failure: any Error) {
        firstFailure.withLock { $0 = $0 ?? failure }
    }
}
