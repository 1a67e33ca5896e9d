extension TidyRule {
    static let money = [
        word(
            "Money is integers",
            #"(?i)\b\w*(amount|price|total|tax|balance|gross|fee|minor|money|credit)\w*\s*:\s*\[?"#
                + #"(Double|Float|Decimal|CGFloat)\b"#,
            instead: "Use Money, or an Int64 of minor units with `Minor` in its name",
            in: TidyPaths.sources),
        word(
            "Business code is told the time",
            #"\bDate\(\)|\bDate\.now\b|\bInstant\.now\(\)|\bclock_gettime\("#,
            instead: "Take a Day of the tenant's clock or a RealClock as a parameter",
            in: { path in
                TidyPaths.sources(path)
                    && !["Kernel", "Postgres", "Web", "TestKit", "MPanelServer"]
                        .contains { path.hasPrefix("Sources/\($0)/") }
            }),
    ]

    static let places = [
        TidyRule(
            name: "SQL stands in +SQL files",
            instead: "Move the statement to the +SQL.swift file of its noun",
            covers: { path in
                TidyPaths.sources(path) && !path.hasSuffix("+SQL.swift")
                    && !["Postgres", "Schema", "TestKit"].contains { path.hasPrefix("Sources/\($0)/") }
            },
            find: statements),
        word(
            "Raw SQL is interpolated in known places only", #"\(\s*unsafe\s*:"#,
            instead: "Bind the value: \\(value)",
            in: { TidyPaths.sources($0) && !$0.hasPrefix("Sources/Postgres/") },
            allowed: "unsafe-sql"),
        TidyRule(
            name: "No path of one machine",
            instead: "Say it relative to the repository",
            covers: TidyPaths.everything,
            find: {
                $0.matches(
                    #"(?<![\w.~-])/([w]ork|[f]arm|[h]ome|[r]oot|[U]sers)/\w|/[t]mp/bash_jobs"#, in: $0.lines)
            }
        ),
    ]

    /// String literals that begin as a statement does. Keywords are in capitals there, so prose is not
    /// mistaken.
    private static func statements(in file: TidyFile) -> [TidyFinding] {
        (file.swift?.literals ?? []).compactMap { literal in
            let words = literal.text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            let begins: Bool =
                switch words.first {
                case "SELECT", "UPDATE", "WITH": words.count > 1
                case "INSERT": words.dropFirst().first == "INTO"
                case "DELETE": words.dropFirst().first == "FROM"
                default: false
                }
            return begins ? file.finding(literal.line, "a statement beginning `\(words.first ?? "")`") : nil
        }
    }
}
