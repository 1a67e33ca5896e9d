import Foundation

extension TidyRule {
    /// A rule against words in code, where comments and strings say what they like.
    static func word(
        _ name: String, _ pattern: String, instead: String,
        in covers: @escaping @Sendable (String) -> Bool = TidyPaths.swift, allowed: String? = nil
    ) -> TidyRule {
        TidyRule(
            name: name, instead: instead, covers: covers,
            find: { $0.matches(pattern, in: $0.swift?.code ?? []) }, allowed: allowed)
    }

    private static let emptyRoles = "(Manager|Helpers?|Util(s|ities)?|Impl|Base)"

    static let words = [
        word(
            "Nothing is public",
            #"\bpublic(\(set\))?\s+(import|let|var|func|init|struct|enum|final|class|actor|protocol"#
                + #"|extension|typealias|subscript|static|mutating|nonisolated|indirect|override)\b"#,
            instead: "Write `package` for what another target uses, and nothing for the rest"),
        word(
            "No type is called after a role that says nothing",
            #"\b(class|struct|enum|actor|protocol|typealias)\s+\w*"# + emptyRoles + #"\b"#,
            instead: "Name the noun of the business, or the verb as a function of it"),
        TidyRule(
            name: "No file is called after a role that says nothing",
            instead: "Name it after the type or the concern in it",
            covers: TidyPaths.swift,
            find: { file in
                file.matches(#"^\w*"# + emptyRoles + #"\.swift$"#, in: [file.name])
            }),
        word(
            "Only the command line prints", #"(?<![\w.])(print|debugPrint|dump)\("#,
            instead: "Log with the logger that is handed down",
            in: { TidyPaths.sources($0) && !$0.hasPrefix("Sources/MPanelServer/") }),
        word(
            "No task outlives the one that started it", #"\bTask\s*\.\s*detached\b"#,
            instead: "Use a task group or a Service"),
        word(
            "Nothing is handed down behind the reader's back", #"@TaskLocal\b"#,
            instead: "Pass it as a parameter or a stored `let`"),
        word(
            "No test is switched off", #"\.disabled\(|\bXCTSkip|\bwithKnownIssue\b"#,
            instead: "Mend it or delete it", in: TidyPaths.tests),
        TidyRule(
            name: "What may stop the process has its reason beside it",
            instead: "Throw, or say in a comment on that line or the one above why it cannot happen",
            covers: TidyPaths.swift,
            find: unexplainedStops),
        TidyRule(
            name: "Nothing is left unfinished",
            instead: "Finish it, or file an issue and say nothing here",
            covers: { !$0.hasPrefix("Tests/ContractTests/Tidy") && !$0.hasPrefix("examples/") },
            find: { $0.matches(#"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b"#, in: $0.swift?.comments ?? $0.lines) }),
    ]

    /// `try!`, `as!`, `fatalError(` and `@unchecked Sendable` without a comment.
    private static func unexplainedStops(in file: TidyFile) -> [TidyFinding] {
        guard let swift = file.swift else { return [] }
        let pattern = #"\btry!|\bas!|\bfatalError\(|@unchecked\b|\bnonisolated\(unsafe\)"#
        return file.matches(pattern, in: swift.code).filter { finding in
            let here = swift.comments[finding.line - 1]
            let above = finding.line >= 2 ? swift.comments[finding.line - 2] : ""
            return (here + above).allSatisfy(\.isWhitespace)
        }
    }
}
