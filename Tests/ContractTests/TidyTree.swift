import Foundation

/// The files of the repository as they lie on disk, without what builds and runs leave behind.
enum TidyTree {
    /// Tests/ContractTests/ lies two levels below it.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let skipped: Set<String> = [".git", "var", "node_modules", "Package.resolved", "LICENSE"]

    /// Read and taken apart once for all rules.
    static func files() throws -> [TidyFile] {
        try loaded.get()
    }

    private static let loaded = Result { try load() }

    private static func load() throws -> [TidyFile] {
        guard FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) else {
            throw TidyError.root("there is no Package.swift in \(root.path)")
        }
        var files: [TidyFile] = []
        try collect(root, prefix: "", into: &files)
        return files
    }

    private static func collect(_ directory: URL, prefix: String, into files: inout [TidyFile]) throws {
        let keys: [URLResourceKey] = [.isDirectoryKey, .isSymbolicLinkKey]
        for entry in try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: keys)
        {
            let name = entry.lastPathComponent
            if skipped.contains(name) || name.hasPrefix(".build") { continue }
            let values = try entry.resourceValues(forKeys: Set(keys))
            if values.isSymbolicLink == true { continue }
            if values.isDirectory == true {
                try collect(entry, prefix: prefix + name + "/", into: &files)
            } else {
                files.append(TidyFile(path: prefix + name, bytes: try Data(contentsOf: entry)))
            }
        }
    }
}

/// One file: its text by line and, for Swift, the same lines without comments and without what strings say.
struct TidyFile: Sendable {
    let path: String
    let size: Int
    let lines: [String]
    let swift: SwiftText?

    init(path: String, bytes: Data) {
        self.init(path: path, size: bytes.count, text: String(data: bytes, encoding: .utf8) ?? "")
    }

    /// For the engine's own tests.
    init(_ path: String, _ text: String) {
        self.init(path: path, size: text.utf8.count, text: text)
    }

    private init(path: String, size: Int, text: String) {
        self.path = path
        self.size = size
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        swift = path.hasSuffix(".swift") ? SwiftText(text) : nil
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    func finding(_ line: Int, _ text: String) -> TidyFinding {
        TidyFinding(path: path, line: line, text: text)
    }

    /// The lines of `lines` that the pattern matches, each with the match.
    func matches(_ pattern: String, in lines: [String]) -> [TidyFinding] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            return [finding(0, "the rule's pattern is no regular expression: \(pattern)")]
        }
        return lines.enumerated().compactMap { index, line in
            let range = NSRange(line.startIndex..., in: line)
            guard let match = expression.firstMatch(in: line, range: range),
                let found = Range(match.range, in: line)
            else { return nil }
            return finding(index + 1, "`\(line[found].trimmingCharacters(in: .whitespaces))`")
        }
    }
}
