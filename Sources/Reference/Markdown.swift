import Foundation

/// The part of Markdown in which the guides are written: headings, paragraphs, lists, tables, listings. What
/// it does not know it refuses, so that no guide looks right on one page and wrong on the other.
struct Markdown {
    enum Block: Equatable {
        /// 1 to 3, and the text.
        case heading(Int, String)
        case paragraph(String)
        case list(isOrdered: Bool, [String])
        /// The first row is the header.
        case table([[String]])
        case listing(language: String, String)
    }

    let blocks: [Block]

    /// Throws `MarkdownError`.
    init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        var blocks: [Block] = []
        while let line = lines.first {
            if line.isEmpty {
                lines.removeFirst()
            } else {
                blocks.append(try Markdown.block(beginning: line, &lines))
            }
        }
        self.blocks = blocks
    }

    private static func block(beginning line: String, _ lines: inout ArraySlice<String>) throws -> Block {
        switch kind(of: line) {
        case .listing: return try listing(&lines)
        case .heading:
            lines.removeFirst()
            let level = line.prefix { $0 == "#" }.count
            guard level <= 3 else { throw MarkdownError("a heading of level \(level)") }
            return .heading(level, String(line.dropFirst(level + 1)))
        case .item(let isOrdered): return list(isOrdered, &lines)
        case .row: return try table(&lines)
        case .text:
            if line.first == " " || line.first == "<" || line.first == ">" {
                throw MarkdownError("a line that begins with \(line.prefix(4))")
            }
            var words = [String(lines.removeFirst())]
            while let next = lines.first, !next.isEmpty, kind(of: next) == .text {
                words.append(lines.removeFirst())
            }
            return .paragraph(words.joined(separator: " "))
        }
    }

    private enum Kind: Equatable {
        case listing, heading, row, text
        case item(isOrdered: Bool)
    }

    private static func kind(of line: String) -> Kind {
        if line.hasPrefix("```") { return .listing }
        if line.hasPrefix("#") { return .heading }
        if line.hasPrefix("|") { return .row }
        if line.hasPrefix("- ") { return .item(isOrdered: false) }
        return line.prefixMatch(of: #/[0-9]+\. /#) != nil ? .item(isOrdered: true) : .text
    }

    private static func listing(_ lines: inout ArraySlice<String>) throws -> Block {
        let language = String(lines.removeFirst().dropFirst(3))
        guard let end = lines.firstIndex(of: "```") else { throw MarkdownError("a listing without an end") }
        let text = lines[..<end].joined(separator: "\n")
        lines = lines[(end + 1)...]
        return .listing(language: language, text)
    }

    /// An item goes on in lines that are indented.
    private static func list(_ isOrdered: Bool, _ lines: inout ArraySlice<String>) -> Block {
        var items: [String] = []
        while let line = lines.first {
            if kind(of: line) == .item(isOrdered: isOrdered) {
                items.append(String(line.drop { $0 != " " }.dropFirst()))
            } else if line.hasPrefix("  "), let item = items.popLast() {
                items.append(item + " " + line.trimmingCharacters(in: .whitespaces))
            } else {
                break
            }
            lines.removeFirst()
        }
        return .list(isOrdered: isOrdered, items)
    }

    private static func table(_ lines: inout ArraySlice<String>) throws -> Block {
        var rows: [[String]] = []
        while let line = lines.first, line.hasPrefix("|") {
            lines.removeFirst()
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            rows.append(cells.map { $0.trimmingCharacters(in: .whitespaces) })
        }
        guard rows.count > 2, rows[1].allSatisfy({ $0.allSatisfy { $0 == "-" } }),
            rows.allSatisfy({ $0.count == rows[0].count })
        else { throw MarkdownError("a table whose rows differ") }
        rows.remove(at: 1)
        return .table(rows)
    }
}

/// What a guide says that its pages cannot show; for its author.
struct MarkdownError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
