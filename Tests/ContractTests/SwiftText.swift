/// Swift source taken apart just far enough for the rules: which characters are code, comment or string.
///
/// It knows line and nested block comments, `"…"`, `"""…"""`, raw strings with any number of `#`, and
/// code inside interpolations. It does not know regular-expression literals; the style uses none.
struct SwiftText: Sendable {
    /// The code of each line: comments and the contents of strings are blanks.
    let code: [String]
    /// The comments of each line.
    let comments: [String]
    /// Each string literal's first line in the file and its contents without interpolations.
    let literals: [(line: Int, text: String)]

    init(_ text: String) {
        var reader = Reader(source: Array(text.utf8))
        reader.readAll()
        code = reader.code.map { String(decoding: $0, as: UTF8.self) }
        comments = reader.comments.map { String(decoding: $0, as: UTF8.self) }
        literals = reader.literals.map { ($0.line, String(decoding: $0.text, as: UTF8.self)) }
    }
}

/// Works on bytes, because the tests that use it are built for debugging, where characters are slow.
private struct Reader {
    private enum Frame {
        /// Code, inside an interpolation when `parentheses` counts from 1.
        case code(parentheses: Int)
        case string(hashes: Int, multiline: Bool, literal: Int)
        case lineComment
        case blockComment(depth: Int)
    }

    private enum Kind { case code, comment, quoted }

    let source: [UInt8]
    private(set) var code: [[UInt8]] = [[]]
    private(set) var comments: [[UInt8]] = [[]]
    private(set) var literals: [(line: Int, text: [UInt8])] = []
    private var frames: [Frame] = [.code(parentheses: 0)]
    private var position = 0

    init(source: [UInt8]) {
        self.source = source
    }

    mutating func readAll() {
        while position < source.count {
            switch frames[frames.count - 1] {
            case .code(let parentheses): readCode(parentheses)
            case .string(let hashes, let multiline, let literal): readString(hashes, multiline, literal)
            case .lineComment: readComment(depth: nil)
            case .blockComment(let depth): readComment(depth: depth)
            }
        }
    }

    private mutating func readCode(_ parentheses: Int) {
        switch source[position] {
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
            frames.append(.lineComment)
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
            frames.append(.blockComment(depth: 1))
            take(2, .comment)
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            guard let (hashes, multiline) = stringStart() else { return take(1, .code) }
            literals.append((code.count, []))
            frames.append(.string(hashes: hashes, multiline: multiline, literal: literals.count - 1))
            take(hashes + (multiline ? 3 : 1), .quoted)
        case UInt8(ascii: "(") where parentheses > 0:
            frames[frames.count - 1] = .code(parentheses: parentheses + 1)
            take(1, .code)
        case UInt8(ascii: ")") where parentheses == 1:
            frames.removeLast()
            take(1, .code)
        case UInt8(ascii: ")") where parentheses > 1:
            frames[frames.count - 1] = .code(parentheses: parentheses - 1)
            take(1, .code)
        default:
            take(1, .code)
        }
    }

    private mutating func readString(_ hashes: Int, _ multiline: Bool, _ literal: Int) {
        let quotes = multiline ? 3 : 1
        switch source[position] {
        case UInt8(ascii: "\\") where hasHashes(hashes, at: 1):
            if byte(1 + hashes) == UInt8(ascii: "(") {
                frames.append(.code(parentheses: 1))
                take(2 + hashes, .code)
            } else {
                literals[literal].text.append(UInt8(ascii: " "))
                take(min(2 + hashes, source.count - position), .quoted)
            }
        case UInt8(ascii: "\"") where hasQuotes(quotes) && hasHashes(hashes, at: quotes):
            frames.removeLast()
            take(quotes + hashes, .quoted)
        case UInt8(ascii: "\n") where !multiline:
            frames.removeLast()
        default:
            literals[literal].text.append(source[position])
            take(1, .quoted)
        }
    }

    /// `depth` is nil in a comment that ends with its line.
    private mutating func readComment(depth: Int?) {
        switch (source[position], byte(1), depth) {
        case (UInt8(ascii: "\n"), _, nil):
            frames.removeLast()
        case (UInt8(ascii: "*"), UInt8(ascii: "/"), let depth?):
            frames.removeLast()
            if depth > 1 { frames.append(.blockComment(depth: depth - 1)) }
            take(2, .comment)
        case (UInt8(ascii: "/"), UInt8(ascii: "*"), let depth?):
            frames[frames.count - 1] = .blockComment(depth: depth + 1)
            take(2, .comment)
        default:
            take(1, .comment)
        }
    }

    /// The number of `#` and the kind of quotes when a string literal begins here.
    private func stringStart() -> (hashes: Int, multiline: Bool)? {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        guard byte(hashes) == UInt8(ascii: "\"") else { return nil }
        return (hashes, byte(hashes + 1) == UInt8(ascii: "\"") && byte(hashes + 2) == UInt8(ascii: "\""))
    }

    private func byte(_ ahead: Int) -> UInt8? {
        position + ahead < source.count ? source[position + ahead] : nil
    }

    private func hasHashes(_ count: Int, at ahead: Int) -> Bool {
        (0..<count).allSatisfy { byte(ahead + $0) == UInt8(ascii: "#") }
    }

    private func hasQuotes(_ count: Int) -> Bool {
        (0..<count).allSatisfy { byte($0) == UInt8(ascii: "\"") }
    }

    private mutating func take(_ count: Int, _ kind: Kind) {
        for byte in source[position..<position + count] {
            if byte == UInt8(ascii: "\n") {
                code.append([])
                comments.append([])
            } else {
                code[code.count - 1].append(kind == .code ? byte : UInt8(ascii: " "))
                comments[comments.count - 1].append(kind == .comment ? byte : UInt8(ascii: " "))
            }
        }
        position += count
    }
}
