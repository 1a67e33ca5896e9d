/// Cuts bytes into records and fields. It holds one record and one chunk at a time.
struct CSVScanner {
    /// What is wrong with the record scanned last.
    enum Fault {
        case openQuote, textAfterQuote, quoteInText, tooLong
    }

    private enum State {
        /// At the first byte of a field.
        case fieldStart
        case plain
        case quoted
        /// Behind a quotation mark in a quoted field: the end of the field, or the first of a doubled one.
        case quoteInQuoted
        /// Behind a closing quotation mark and a carriage return.
        case closedThenReturn
        /// Behind a fault: whatever comes up to the line's end belongs to the broken record.
        case skippingLine
    }

    private(set) var fault: Fault?
    /// Fields of the record scanned last. With a fault: the fields before the one at fault.
    private(set) var fieldCount = 0
    /// The physical line on which the record scanned last ends.
    private(set) var lastLine = 0

    private let chunks: () throws -> [UInt8]?
    private var chunk: [UInt8] = []
    private var position = 0
    private var reachedEnd = false
    private var isPastMark = false
    private var state = State.fieldStart

    /// The fields of the record, end to end and without their quotation marks.
    private var bytes: [UInt8] = []
    /// Where in `bytes` the fields end; only of the expected fields, so that commas cannot fill memory.
    private var ends: [Int] = []
    private var expected = 0
    /// Bytes of the record as they stand in the file.
    private var size = 0
    private var line = 1
    private var hasQuote = false

    init(chunks: @escaping () throws -> [UInt8]?) {
        self.chunks = chunks
    }

    /// Field `place` of the record scanned last; nil when it is not UTF-8.
    func field(_ place: Int) -> String? {
        let range = (place == 0 ? 0 : ends[place - 1])..<ends[place]
        return bytes.withUnsafeBufferPointer { bytes in
            let field = UnsafeBufferPointer(rebasing: bytes[range])
            // The validating initialiser is several times slower, and most fields are ASCII.
            if field.allSatisfy({ $0 < 0x80 }) { return String(decoding: field, as: UTF8.self) }
            return String(validating: field, as: UTF8.self)
        }
    }

    /// Scans one record that is not blank and returns the line on which it starts; nil at the file's end.
    mutating func scanRecord(expecting fields: Int) throws -> Int? {
        expected = fields
        while true {
            let first = line
            startRecord()
            guard try scanToEndOfRecord() else { return nil }
            let isBlank = fault == nil && fieldCount == 1 && bytes.isEmpty && !hasQuote
            if !isBlank { return first }
        }
    }

    private mutating func startRecord() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        fault = nil
        fieldCount = 0
        size = 0
        hasQuote = false
        state = .fieldStart
    }

    /// False when the file has nothing more.
    private mutating func scanToEndOfRecord() throws -> Bool {
        var isThere = true
        while true {
            if position == chunk.count, try !refill() {
                isThere = finishAtEndOfFile()
                break
            }
            let start = position
            let ended = scanChunk()
            size += position - start
            if ended { break }
            limitSize()
        }
        limitSize()
        return isThere
    }

    /// A record that is too long is still followed to its end, but no longer kept.
    private mutating func limitSize() {
        if size > CSVReader.recordLimit, fault == nil { fault = .tooLong }
    }

    private mutating func refill() throws -> Bool {
        if reachedEnd { return false }
        var piece = try chunks() ?? []
        if !isPastMark {
            // The byte order mark and one byte more: an empty piece would look like the file's end.
            while !piece.isEmpty, piece.count <= 3, let more = try chunks(), !more.isEmpty { piece += more }
            isPastMark = true
            if piece.starts(with: [0xEF, 0xBB, 0xBF]) { piece.removeFirst(3) }
        }
        reachedEnd = piece.isEmpty
        if !reachedEnd {
            chunk = piece
            position = 0
        }
        return !reachedEnd
    }
}

extension CSVScanner {
    /// Goes on to the end of the record or of the chunk. True at the end of the record.
    private mutating func scanChunk() -> Bool {
        let chunk = chunk
        return chunk.withUnsafeBufferPointer { input in
            while position < input.count {
                if step(through: input) { return true }
            }
            return false
        }
    }

    /// Takes one byte, or a run of bytes that mean nothing. True at the end of the record.
    private mutating func step(through input: UnsafeBufferPointer<UInt8>) -> Bool {
        let byte = input[position]
        switch state {
        case .fieldStart:
            state = byte == .quote ? .quoted : .plain
            if byte == .quote {
                position += 1
                hasQuote = true
            }
        case .plain:
            take(from: input) { $0 == .comma || $0 == .lineFeed || $0 == .quote }
            return position < input.count && endPlain(at: input[position])
        case .quoted:
            take(from: input) { $0 == .quote || $0 == .lineFeed }
            if position < input.count { endQuoted(at: input[position]) }
        case .quoteInQuoted:
            return step(behindQuote: byte)
        case .closedThenReturn:
            guard byte == .lineFeed else {
                fail(.textAfterQuote)
                break
            }
            position += 1
            endField()
            return endLine()
        case .skippingLine:
            while position < input.count, input[position] != .lineFeed { position += 1 }
            if position < input.count {
                position += 1
                return endLine()
            }
        }
        return false
    }

    private mutating func endPlain(at byte: UInt8) -> Bool {
        position += 1
        switch byte {
        case .comma:
            endField()
        case .lineFeed:
            dropReturn()
            endField()
            return endLine()
        default:
            fail(.quoteInText)
        }
        return false
    }

    private mutating func endQuoted(at byte: UInt8) {
        position += 1
        guard byte == .lineFeed else {
            state = .quoteInQuoted
            return
        }
        dropReturn()
        if fault == nil { bytes.append(.lineFeed) }
        line += 1
    }

    private mutating func step(behindQuote byte: UInt8) -> Bool {
        position += 1
        switch byte {
        case .quote:
            if fault == nil { bytes.append(.quote) }
            state = .quoted
        case .comma:
            endField()
        case .carriageReturn:
            state = .closedThenReturn
        case .lineFeed:
            endField()
            return endLine()
        default:
            fail(.textAfterQuote)
        }
        return false
    }

    private mutating func take(from input: UnsafeBufferPointer<UInt8>, until isSpecial: (UInt8) -> Bool) {
        let start = position
        while position < input.count, !isSpecial(input[position]) { position += 1 }
        if fault == nil { bytes.append(contentsOf: input[start..<position]) }
    }

    private mutating func endField() {
        fieldCount += 1
        if ends.count < expected { ends.append(bytes.count) }
        state = .fieldStart
    }

    private mutating func endLine() -> Bool {
        lastLine = line
        line += 1
        return true
    }

    /// The carriage return before a line feed is part of the line's end.
    private mutating func dropReturn() {
        if bytes.count > ends.last ?? 0, bytes.last == .carriageReturn { bytes.removeLast() }
    }

    /// The record is broken: what stands up to the line's end goes with it.
    private mutating func fail(_ fault: Fault) {
        self.fault = fault
        state = .skippingLine
    }

    private mutating func finishAtEndOfFile() -> Bool {
        switch state {
        case .fieldStart where fieldCount == 0: return false
        case .fieldStart, .quoteInQuoted, .closedThenReturn:
            endField()
        case .plain:
            dropReturn()
            endField()
        case .quoted: fault = .openQuote
        case .skippingLine: break
        }
        // A last line feed inside quotation marks began no further line.
        lastLine = chunk.last == .lineFeed ? line - 1 : line
        state = .fieldStart
        return true
    }
}

extension UInt8 {
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
