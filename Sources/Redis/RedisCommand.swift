import Foundation
import NIOCore

/// A command on its way to the server: an array of byte strings.
struct RedisCommand: Sendable {
    private var body: ByteBuffer
    private var count: Int

    init(_ words: String...) {
        body = ByteBufferAllocator().buffer(capacity: 128)
        count = 0
        for word in words { add(word) }
    }

    mutating func add(_ word: String) {
        append(word.utf8.count) { $0.writeString(word) }
    }

    mutating func add(_ key: RedisKey) {
        append(key.bytes.count) { $0.writeBytes(key.bytes) }
    }

    mutating func add(_ value: RedisValue) {
        append(value.data.count) { $0.writeBytes(value.data) }
    }

    mutating func add(_ integer: Int64) {
        add(String(integer))
    }

    /// As whole milliseconds, rounded up and at least one: Redis refuses an expiry of zero.
    mutating func add(milliseconds duration: Duration) {
        let (seconds, attoseconds) = duration.components
        add(max(1, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    private mutating func append(_ length: Int, _ write: (inout ByteBuffer) -> Void) {
        count += 1
        body.writeString("$\(length)\r\n")
        write(&body)
        body.writeString("\r\n")
    }

    /// What goes over the line.
    var encoded: ByteBuffer {
        var whole = ByteBufferAllocator().buffer(capacity: body.readableBytes + 16)
        whole.writeString("*\(count)\r\n")
        whole.writeImmutableBuffer(body)
        return whole
    }
}

extension RedisCommand {
    init(_ name: String, _ key: RedisKey) {
        self.init(name)
        add(key)
    }

    init(_ name: String, _ key: RedisKey, _ values: [RedisValue]) {
        self.init(name, key)
        for value in values { add(value) }
    }
}
