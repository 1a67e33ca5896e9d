import Foundation
import Kernel

/// Writes Encodable types as JSON, straight into bytes: byte for byte what `JSONEncoder` makes with
/// snake_case names and sorted keys, which takes ten times as long and would be half of what a list costs.
final class WireWriter {
    /// One value that is being written.
    private struct Frame {
        enum Shape { case none, object, array }

        var shape = Shape.none
        let start: Int
        let firstField: Int
        /// Whether an object's keys are data; else they are names, which are converted.
        let isDictionary: Bool
    }

    /// Where the value of an object's field lies.
    private struct Field {
        let name: WireNames.Place
        let start: Int
        let end: Int
    }

    // One answer is written by one task, and nothing here calls itself back while it holds one of these:
    // checking that at run time would be a tenth of what a list costs.
    @exclusivity(unchecked) private var bytes: [UInt8] = []
    @exclusivity(unchecked) private var frames: [Frame] = []
    /// Of all objects that are open, the innermost's last.
    @exclusivity(unchecked) private var fields: [Field] = []
    @exclusivity(unchecked) private var scratch: [UInt8] = []
    @exclusivity(unchecked) private var names = WireNames()

    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let writer = WireWriter()
        writer.bytes.reserveCapacity(4096)
        try writer.write(value)
        writer.names.keep()
        return writer.bytes
    }

    fileprivate func write<Value: Encodable>(_ value: Value) throws {
        if writeLeaf(value) { return }
        let kind = names.kind(of: Value.self)
        if kind == .number { return try writeNumber(value) }
        frames.append(
            Frame(start: bytes.count, firstField: fields.count, isDictionary: kind == .dictionary))
        try value.encode(to: self)
        close(frames.removeLast())
    }

    /// Writes the parts that answers are full of; false for anything else. Comparing types costs nothing, but
    /// asking what a type conforms to costs as much as writing its value.
    private func writeLeaf<Value: Encodable>(_ value: Value) -> Bool {
        if Value.self == String.self, let text = value as? String {
            append(quoted: text)
        } else if Value.self == Money.self, let money = value as? Money {
            append("{\"amount\":")
            append("\(money.amountMinor)")
            append(",\"currency\":\"")
            append(money.currency.code)
            append("\"}")
        } else if Value.self == Day.self, let day = value as? Day {
            append(quoted: day.description)
        } else if Value.self == Instant.self, let instant = value as? Instant {
            append(quoted: instant.description)
        } else if Value.self == Quantity.self, let quantity = value as? Quantity {
            append(quoted: quantity.description)
        } else if Value.self == Int.self, let number = value as? Int {
            append("\(number)")
        } else if Value.self == Bool.self, let flag = value as? Bool {
            append(flag ? "true" : "false")
        } else if Value.self == JSONBytes.self, let ready = value as? JSONBytes {
            bytes.append(contentsOf: ready.bytes)
        } else {
            return false
        }
        return true
    }

    private func writeNumber(_ value: some Encodable) throws {
        if let number = value as? any FixedWidthInteger { return append("\(number)") }
        if let number = value as? any BinaryFloatingPoint { try append(Double(number)) }
    }

    private func close(_ frame: Frame) {
        switch frame.shape {
        case .object: sort(frame)
        case .array: bytes.append(UInt8(ascii: "]"))
        // A type that writes nothing is an empty object.
        case .none: if bytes.count == frame.start { append("{}") }
        }
    }

    /// Puts the fields of an object, which lie in the order of their declaration, in that of their names.
    private func sort(_ frame: Frame) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(UInt8(ascii: "{"))
        for field in fields[frame.firstField...].sorted(by: { names.isBefore($0.name, $1.name) }) {
            if scratch.count > 1 { scratch.append(UInt8(ascii: ",")) }
            scratch.append(contentsOf: names[field.name].quoted)
            scratch.append(contentsOf: bytes[field.start..<field.end])
        }
        scratch.append(UInt8(ascii: "}"))
        fields.removeSubrange(frame.firstField...)
        bytes.removeSubrange(frame.start...)
        bytes.append(contentsOf: scratch)
    }

    private func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private func append(quoted text: String) {
        WireNames.append(text, to: &bytes)
    }

    private func append(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        let text = "\(number)"
        append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    fileprivate func appendNull() { append("null") }

    /// Whether the keys of the object that begins now are names, which are converted, or a dictionary's data.
    fileprivate func beginObject() -> Bool {
        frames[frames.count - 1].shape = .object
        return !frames[frames.count - 1].isDictionary
    }

    fileprivate func beginArray() {
        // A container that is asked for again goes on.
        guard frames[frames.count - 1].shape == .none else { return }
        frames[frames.count - 1].shape = .array
        bytes.append(UInt8(ascii: "["))
    }

    fileprivate func writeField(
        _ key: String, isName: Bool, _ write: () throws -> Void
    ) rethrows {
        let start = bytes.count
        try write()
        let place = names.place(of: key, isName: isName)
        fields.append(Field(name: place, start: start, end: bytes.count))
    }

    fileprivate func writeItem(_ number: Int, _ write: () throws -> Void) rethrows {
        if number > 0 { bytes.append(UInt8(ascii: ",")) }
        try write()
    }

    /// No type of ours writes into another's container by hand; the first test that writes one finds it.
    fileprivate static func refuseNesting() -> Never {
        preconditionFailure("a type on the wire encodes its parts as values of their own")
    }
}

extension WireWriter: Encoder, SingleValueEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(ObjectContainer<Key>(writer: self, isNamed: beginObject()))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        beginArray()
        return ArrayContainer(writer: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
    func encodeNil() { appendNull() }
    func encode<Value: Encodable>(_ value: Value) throws { try write(value) }
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: WireWriter
    let isNamed: Bool
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        writer.writeField(key.stringValue, isName: isNamed) { writer.appendNull() }
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try writer.writeField(key.stringValue, isName: isNamed) { try writer.write(value) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { WireWriter.refuseNesting() }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        WireWriter.refuseNesting()
    }

    func superEncoder() -> any Encoder { WireWriter.refuseNesting() }
    func superEncoder(forKey key: Key) -> any Encoder { WireWriter.refuseNesting() }
}

private struct ArrayContainer: UnkeyedEncodingContainer {
    let writer: WireWriter
    var count = 0
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {
        writer.writeItem(count) { writer.appendNull() }
        count += 1
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try writer.writeItem(count) { try writer.write(value) }
        count += 1
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        WireWriter.refuseNesting()
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { WireWriter.refuseNesting() }
    func superEncoder() -> any Encoder { WireWriter.refuseNesting() }
}
