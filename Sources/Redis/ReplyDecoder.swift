import Foundation
import NIOCore

/// Bytes to replies, however the network has cut them.
///
/// Each element is consumed as soon as it is whole, so that an answer of a million elements in ten thousand
/// pieces is read once and not ten thousand times.
struct ReplyDecoder: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = RedisReply

    /// What an answer may cost us. A server, or what poses as one, that wants more is hung up on.
    struct Limits: Sendable {
        var depth = 8
        var lineBytes = 64 * 1024
        var valueBytes = 64 * 1024 * 1024
        var elements = 1 << 20
        /// Of one whole answer, an element counting for what it takes in memory at least.
        var replyBytes = 256 * 1024 * 1024
    }

    private struct OpenArray {
        var missing: Int
        var elements: [RedisReply] = []
    }

    private let limits: Limits
    private var open: [OpenArray] = []
    /// The length of the value whose header has been read.
    private var pendingLength: Int?
    private var cost = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    mutating func decode(buffer: inout ByteBuffer) throws -> RedisReply? {
        while true {
            guard let element = try element(&buffer) else { return nil }
            if let whole = close(element) {
                cost = 0
                return whole
            }
        }
    }

    /// What is left at the end is half an answer to somebody who learns from the closing that it is lost.
    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> RedisReply? {
        if let reply = try decode(buffer: &buffer) { return reply }
        buffer.moveReaderIndex(to: buffer.writerIndex)
        return nil
    }

    /// The next element that is not the beginning of an array with something in it.
    private mutating func element(_ buffer: inout ByteBuffer) throws -> RedisReply? {
        while true {
            if let length = pendingLength { return try value(length, &buffer) }
            guard let line = try line(&buffer) else { return nil }
            guard let kind = line.first else { throw RedisError.malformed }
            let rest = line.dropFirst()
            try charge(line.count + 32)
            switch kind {
            case UInt8(ascii: "+"): return .status(String(decoding: rest, as: UTF8.self))
            case UInt8(ascii: "-"): return .refusal(code: ReplyDecoder.code(rest))
            case UInt8(ascii: ":"): return .integer(try ReplyDecoder.integer(rest))
            case UInt8(ascii: "$"):
                guard let length = try length(rest, atMost: limits.valueBytes) else { return .null }
                try charge(length)
                pendingLength = length
            case UInt8(ascii: "*"):
                guard let count = try length(rest, atMost: limits.elements) else { return .null }
                if count == 0 { return .array([]) }
                guard open.count < limits.depth else { throw RedisError.malformed }
                // No memory is set aside for elements that were only announced.
                open.append(OpenArray(missing: count))
            default: throw RedisError.malformed
            }
        }
    }

    /// Puts the element into the innermost array; returns what is whole by that.
    private mutating func close(_ element: RedisReply) -> RedisReply? {
        var element = element
        while !open.isEmpty {
            open[open.count - 1].elements.append(element)
            open[open.count - 1].missing -= 1
            guard open[open.count - 1].missing == 0 else { return nil }
            element = .array(open.removeLast().elements)
        }
        return element
    }

    private mutating func value(_ length: Int, _ buffer: inout ByteBuffer) throws -> RedisReply? {
        guard buffer.readableBytes >= length + 2 else { return nil }
        guard let bytes = buffer.readSlice(length: length), buffer.readInteger(as: UInt16.self) == 0x0D0A
        else { throw RedisError.malformed }
        pendingLength = nil
        return .value(RedisValue(Data(bytes.readableBytesView)))
    }

    /// A line without its end, or nil while the end is not there.
    private func line(_ buffer: inout ByteBuffer) throws -> ByteBufferView? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(limits.lineBytes + 2).firstIndex(of: UInt8(ascii: "\n")) else {
            if view.count > limits.lineBytes { throw RedisError.malformed }
            return nil
        }
        let line = view[view.startIndex..<end]
        guard line.last == UInt8(ascii: "\r") else { throw RedisError.malformed }
        buffer.moveReaderIndex(forwardBy: line.count + 1)
        return line.dropLast()
    }

    /// Nil for the -1 that means null.
    private func length(_ digits: ByteBufferView, atMost limit: Int) throws -> Int? {
        let length = try ReplyDecoder.integer(digits)
        if length == -1 { return nil }
        guard length >= 0, length <= limit else { throw RedisError.malformed }
        return Int(length)
    }

    private mutating func charge(_ bytes: Int) throws {
        cost += bytes
        if cost > limits.replyBytes { throw RedisError.malformed }
    }

    private static func integer(_ digits: ByteBufferView) throws -> Int64 {
        // Int64's own parser would take a plus sign too.
        guard digits.first != UInt8(ascii: "+"), let integer = Int64(String(decoding: digits, as: UTF8.self))
        else { throw RedisError.malformed }
        return integer
    }

    /// `WRONGTYPE` of `WRONGTYPE Operation against …`; the rest of the message may quote what nobody may see.
    private static func code(_ message: ByteBufferView) -> String {
        let word = message.prefix { $0 != UInt8(ascii: " ") }
        let isCode = word.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == 0x5F }
        return isCode && (1...32).contains(word.count) ? String(decoding: word, as: UTF8.self) : "ERR"
    }
}
