import Foundation
import Testing

/// One rule: where it holds, how a breach is found, and what to do instead.
struct TidyRule: Sendable, CustomTestStringConvertible {
    let name: String
    /// The replacement, as a sentence.
    let instead: String
    /// Whether the rule holds for the file at this path, relative to the root.
    let covers: @Sendable (String) -> Bool
    let find: @Sendable (TidyFile) -> [TidyFinding]
    /// The list in Allowed/ of files that break the rule for a good reason.
    var allowed: String?

    var testDescription: String { name }
}

/// A breach: `Sources/Kernel/Money.swift:12: what stands there`.
struct TidyFinding: Hashable, Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    let text: String

    var description: String { "\(path):\(line): \(text)" }
}

/// Files that one rule leaves alone. The first line says `at most N`, so that the list cannot grow unnoticed.
struct TidyAllowance {
    let name: String
    let limit: Int
    let paths: Set<String>

    init(named name: String) throws {
        let directory = TidyTree.root.appending(path: "Tests/ContractTests/Allowed")
        try self.init(
            named: name, String(contentsOf: directory.appending(path: "\(name).txt"), encoding: .utf8))
    }

    /// `#` begins a comment; each other line is a path.
    init(named name: String, _ text: String) throws {
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let first = lines.first, first.hasPrefix("at most "), let limit = Int(first.dropFirst(8)) else {
            throw TidyError.allowance("Allowed/\(name).txt must begin with `at most N`")
        }
        self.name = name
        self.limit = limit
        paths = Set(lines.dropFirst().filter { !$0.hasPrefix("#") })
    }
}

enum TidyError: Error {
    case allowance(String)
    case root(String)
}
