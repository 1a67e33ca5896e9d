import Foundation

/// Looks over a body before Foundation parses it, without recursion, for what Foundation lets pass or takes
/// badly: depth, names that stand twice, other encodings than UTF-8. It does not check the grammar.
struct JSONScan {
    /// Enough for any document of this API; Foundation would recurse 512 levels deep.
    static let deepest = 32
    /// Foundation takes up to 10 µs for each value: a body of a million would keep a core busy for seconds.
    static let mostValues = 20_000

    private let bytes: [UInt8]
    private var place = 0
    /// For each open bracket the names seen so far; nil for an array.
    private var open: [Set<ArraySlice<UInt8>>?] = []
    /// A name may only stand behind `{` or `,`: what follows `:` is a value.
    private var isNameNext = false
    private var isAfterComma = false
    private var values = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A sentence that says what is wrong and where, or nil.
    static func defect(in data: Data) -> String? {
        if data.isEmpty { return "The body is empty." }
        // A NUL would make Foundation take the body for UTF-16 or UTF-32.
        guard !data.contains(0), !data.starts(with: [0xEF, 0xBB, 0xBF]),
            String(validating: data, as: UTF8.self) != nil
        else { return "The body is not UTF-8 without a byte order mark." }
        var scan = JSONScan(Array(data))
        return scan.run()
    }

    private mutating func run() -> String? {
        while place < bytes.count {
            let byte = bytes[place]
            let wasAfterComma = isAfterComma
            isAfterComma = byte == UInt8(ascii: ",") || (wasAfterComma && " \t\r\n".utf8.contains(byte))
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                values += 1
                let isObject = byte == UInt8(ascii: "{")
                if open.count == JSONScan.deepest {
                    return "The body is nested deeper than \(JSONScan.deepest) levels, at byte \(place)."
                }
                open.append(isObject ? [] : nil)
                isNameNext = isObject
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // Foundation lets a comma before the end pass.
                if wasAfterComma { return "The body is not JSON: a comma too many before byte \(place)." }
                _ = open.popLast()
                isNameNext = false
            case UInt8(ascii: ","):
                values += 1
                if values > JSONScan.mostValues {
                    return "The body holds more than \(JSONScan.mostValues) values."
                }
                isNameNext = open.last.map { $0 != nil } ?? false
            case UInt8(ascii: ":"):
                isNameNext = false
            case UInt8(ascii: "\""):
                let start = place
                skipString()
                if isNameNext, let seen = insertName(bytes[start..<min(place + 1, bytes.count)]), !seen {
                    return "A name stands twice in one object, at byte \(start)."
                }
                isNameNext = false
            default: break
            }
            place += 1
        }
        return nil
    }

    /// From the opening quote to the closing one.
    private mutating func skipString() {
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    /// Names are compared as written: one that is spelled once plainly and once with escapes is not noticed.
    private mutating func insertName(_ name: ArraySlice<UInt8>) -> Bool? {
        guard let top = open.indices.last else { return nil }
        return open[top]?.insert(name).inserted
    }
}
