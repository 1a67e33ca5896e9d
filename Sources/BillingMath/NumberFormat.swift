import Kernel

/// How a provider's invoice numbers look: `NH-{year}-{number:6}` gives NH-2026-000042.
///
/// Exactly one `{number}` or `{number:W}` with a width W of 1 to 12, at most one `{year}`, and up to 40 other
/// characters of printable ASCII. With `{year}` the sequence begins anew each year; without, it never does.
package struct NumberFormat: Hashable, Sendable {
    package let text: String
    private let parts: [Part]

    private enum Part: Hashable {
        case literal(String)
        case year
        case number(width: Int)
    }

    /// Throws an error whose description is a sentence about what to change.
    package init(parsing text: String) throws(NumberFormatError) {
        self.text = text
        parts = try NumberFormat.split(text)
        let numbers = parts.count { if case .number = $0 { true } else { false } }
        if numbers == 0 { throw .noNumber }
        if numbers > 1 { throw .twoNumbers }
        if parts.count(where: { $0 == .year }) > 1 { throw .twoYears }
    }

    /// Whether the sequence starts at 1 again in each year of the issue date.
    package var restartsYearly: Bool { parts.contains(.year) }

    /// The number of one invoice; `year` is that of its issue date. Numbers beyond the width are not cut.
    package func text(number: Int64, year: Int) -> String {
        let (prefix, width, suffix) = affixes(year: year)
        return prefix + number.padded(width) + suffix
    }

    /// What surrounds the sequence number in one year, and the width it is padded to with zeros: enough for a
    /// database to write a block of numbers by itself.
    package func affixes(year: Int) -> (prefix: String, width: Int, suffix: String) {
        var prefix = ""
        var suffix = ""
        var width: Int?
        for part in parts {
            switch part {
            case .number(let digits): width = digits
            case .literal(let text) where width == nil: prefix += text
            case .literal(let text): suffix += text
            case .year where width == nil: prefix += year.padded(4)
            case .year: suffix += year.padded(4)
            }
        }
        return (prefix, width ?? 1, suffix)
    }
}

extension NumberFormat: FieldText {
    package static let rule = """
        must contain {number} or {number:6} once and {year} at most once, \
        and otherwise up to 40 printable ASCII characters without braces
        """
    package static let length = 8...57

    package init?(_ text: String) {
        guard let format = try? NumberFormat(parsing: text) else { return nil }
        self = format
    }
}

/// Why a text is not a number format. The descriptions are sentences that follow the name of the setting.
package enum NumberFormatError: Error, Hashable, CustomStringConvertible {
    case noNumber
    case twoNumbers
    case twoYears
    case unknownPlaceholder(String)
    case badWidth
    case looseBrace
    case badCharacter
    case tooLong

    package var description: String {
        switch self {
        case .noNumber: "must contain {number} or, padded with zeros to six digits, {number:6}"
        case .twoNumbers: "must contain {number} only once"
        case .twoYears: "must contain {year} only once"
        case .unknownPlaceholder(let name):
            "has an unknown placeholder {\(name)}; there are {number} and {year}"
        case .badWidth: "must pad {number:…} to a width from 1 to 12, as in {number:6}"
        case .looseBrace: "has a brace that does not belong to {number} or {year}"
        case .badCharacter: "must consist of printable ASCII characters"
        case .tooLong: "must have at most 40 characters beside its placeholders"
        }
    }
}

extension NumberFormat {
    private static func split(_ text: String) throws(NumberFormatError) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var literals = 0
        var rest = text[...]
        while let character = rest.popFirst() {
            guard let code = character.asciiValue, (0x20...0x7E).contains(code) else { throw .badCharacter }
            switch character {
            case "}": throw .looseBrace
            case "{":
                guard let end = rest.firstIndex(of: "}") else { throw .looseBrace }
                let name = rest[..<end]
                if name.contains("{") { throw .looseBrace }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(try placeholder(String(name)))
                rest = rest[rest.index(after: end)...]
            default:
                literal.append(character)
                literals += 1
                if literals > 40 { throw .tooLong }
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    private static func placeholder(_ name: String) throws(NumberFormatError) -> Part {
        switch name {
        case "year": return .year
        case "number": return .number(width: 1)
        default:
            let prefix = "number:"
            guard name.hasPrefix(prefix) else { throw .unknownPlaceholder(String(name.prefix(20))) }
            let digits = name.dropFirst(prefix.count)
            guard (1...2).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
                digits.first != "0", let width = Int(digits), (1...12).contains(width)
            else { throw .badWidth }
            return .number(width: width)
        }
    }
}
