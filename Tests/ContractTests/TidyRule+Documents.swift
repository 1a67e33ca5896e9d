import Foundation

extension TidyRule {
    static let documents = [
        TidyRule(
            name: "Links lead somewhere",
            instead: "Correct the path, which is relative to the document",
            covers: TidyPaths.markdown,
            find: {
                deadLinks(in: $0) { FileManager.default.fileExists(atPath: TidyTree.root.path + "/" + $0) }
            }),
        TidyRule(
            name: "No emoji",
            instead: "Say it in words",
            // Tests and data may: there they are text like any other.
            covers: { !$0.hasPrefix("examples/") && !$0.hasPrefix("Tests/") },
            find: { file in
                file.lines.enumerated().flatMap { index, line in
                    line.unicodeScalars.filter { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }
                        .map { file.finding(index + 1, "U+\(String($0.value, radix: 16, uppercase: true))") }
                }
            }),
    ]

    /// Relative links outside code blocks whose file `exists` denies, relative to the root.
    static func deadLinks(in file: TidyFile, exists: (String) -> Bool) -> [TidyFinding] {
        let folder = file.path.split(separator: "/").dropLast()
        var fenced = false
        var findings: [TidyFinding] = []
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("```") { fenced.toggle() }
            if fenced { continue }
            for match in line.matches(of: /\]\(([^)\s]+)\)/) {
                let target = match.1.prefix { $0 != "#" }
                if target.isEmpty || match.1.contains("://") || match.1.hasPrefix("mailto:") { continue }
                var parts = folder
                for part in target.split(separator: "/") where part != "." {
                    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
                }
                if !exists(parts.joined(separator: "/")) {
                    findings.append(file.finding(index + 1, "a link to \(match.1)"))
                }
            }
        }
        return findings
    }
}
