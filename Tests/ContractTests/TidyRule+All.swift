extension TidyRule {
    static let all: [TidyRule] = sizes + words + money + places + documents
}

/// Paths, as rules speak of them.
enum TidyPaths {
    static let swift: @Sendable (String) -> Bool = { $0.hasSuffix(".swift") }
    static let sources: @Sendable (String) -> Bool = { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
    static let tests: @Sendable (String) -> Bool = { $0.hasPrefix("Tests/") && $0.hasSuffix(".swift") }
    static let markdown: @Sendable (String) -> Bool = { $0.hasSuffix(".md") }
    static let everything: @Sendable (String) -> Bool = { _ in true }
}

extension TidyRule {
    static let sizes = [
        TidyRule(
            name: "A Swift file has at most 400 lines",
            instead: "Split it by what changes together, into files named after their noun",
            covers: TidyPaths.swift,
            find: { file in
                // The last line ends with a newline, behind which `lines` has an empty one.
                let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
                return count > 400 ? [file.finding(400, "\(count) lines")] : []
            }),
        TidyRule(
            name: "A function has at most 60 lines",
            instead: "Give each of its steps a name and a function of its own",
            covers: TidyPaths.swift,
            find: { file in
                (file.swift?.functions ?? []).filter { $0.length > 60 }
                    .map { file.finding($0.firstLine, "\($0.name) has \($0.length) lines") }
            }),
        TidyRule(
            name: "A function has at most 5 parameters",
            instead: "Hand it one input struct",
            covers: TidyPaths.swift,
            find: { file in
                (file.swift?.functions ?? []).filter { $0.parameters > 5 && $0.name != "init" }
                    .map { file.finding($0.firstLine, "\($0.name) takes \($0.parameters) parameters") }
            }),
        TidyRule(
            name: "A line of Swift has at most 110 columns",
            instead: "Break it where a clause begins",
            covers: TidyPaths.swift,
            find: { file in
                file.lines.enumerated().filter { $0.element.count > 110 }
                    .map { file.finding($0.offset + 1, "\($0.element.count) columns") }
            }),
        TidyRule(
            name: "A file has at most 1 MB",
            instead: "Generate it, or keep it outside the repository",
            covers: TidyPaths.everything,
            find: { file in file.size > 1_000_000 ? [file.finding(1, "\(file.size) bytes")] : [] }),
    ]
}
