import Testing

/// A few lines for one rule.
struct TidySample: Sendable, CustomTestStringConvertible {
    let rule: String
    let path: String
    let text: String
    /// Where the breach is; 0 when there is none.
    let line: Int

    var testDescription: String { "\(rule): \(text.prefix(60))" }

    /// Nil when no rule of that name covers the path.
    var findings: [TidyFinding]? {
        let rule = TidyRule.all.first { $0.name == self.rule }
        return rule.flatMap { $0.covers(path) ? $0.find(TidyFile(path, text)) : nil }
    }

    private init(_ rule: String, _ text: String, at path: String = "Sources/Catalog/Price.swift", line: Int) {
        self.rule = rule
        self.path = path
        self.text = text
        self.line = line
    }

    private static let unfinished = "// TO" + "DO: later"

    static let breaches = [
        TidySample(
            "A Swift file has at most 400 lines", String(repeating: "let a = 1\n", count: 401), line: 400),
        TidySample(
            "A function has at most 60 lines",
            "func long() {\n" + String(repeating: "    step()\n", count: 59) + "}\n", line: 1),
        TidySample(
            "A function has at most 5 parameters",
            "\nfunc wide(a: A, b: B, c: C, d: D,\n    e: E, f: F) {}", line: 2),
        TidySample("A line of Swift has at most 110 columns", String(repeating: "ü", count: 111), line: 1),
        TidySample(
            "A file has at most 1 MB", String(repeating: "x", count: 1_000_001), at: "logo.svg", line: 1),
        TidySample("Nothing is public", "struct A {\n    public let b: Int\n}", line: 2),
        TidySample(
            "No type is called after a role that says nothing", "final class PriceManager {}", line: 1),
        TidySample(
            "No file is called after a role that says nothing", "", at: "Sources/Kernel/DateUtils.swift",
            line: 1),
        TidySample("Only the command line prints", "func a() {\n    print(1)\n}", line: 2),
        TidySample("No task outlives the one that started it", "Task.detached { }", line: 1),
        TidySample("Nothing is handed down behind the reader's back", "@TaskLocal static var a = 1", line: 1),
        TidySample(
            "No test is switched off", "@Test(.disabled(\"flaky\")) func a() {}",
            at: "Tests/KernelTests/DayTests.swift", line: 1),
        TidySample(
            "What may stop the process has its reason beside it", "// Why.\n\nlet a = try! b()", line: 3),
        TidySample("Nothing is left unfinished", "let a = 1\n" + unfinished, line: 2),
        TidySample("Money is integers", "let netPrice: Double", line: 1),
        TidySample("Business code is told the time", "let now = Date()", line: 1),
        TidySample(
            "SQL stands in +SQL files", "let q: SQL = \"\"\"\n    SELECT id\n    FROM prices\n    \"\"\"",
            line: 1),
        TidySample(
            "Raw SQL is interpolated in known places only", #"let q: SQL = "a \(unsafe: text)""#,
            at: "Sources/Catalog/Price+SQL.swift", line: 1),
        TidySample("No path of one machine", "see /ho" + "me/me/notes", at: "README.md", line: 1),
        TidySample("Links lead somewhere", "\n[gone](no/such/file.md)", at: "README.md", line: 2),
        TidySample("No emoji", "done \u{1F389}", at: "README.md", line: 1),
    ]

    static let innocent = [
        TidySample(
            "A Swift file has at most 400 lines", String(repeating: "let a = 1\n", count: 400), line: 0),
        TidySample(
            "A function has at most 60 lines",
            "func long() {\n" + String(repeating: "    step(\"}\")\n", count: 58) + "}\n", line: 0),
        TidySample(
            "A function has at most 5 parameters", "init(a: A, b: B, c: C, d: D, e: E, f: F) {}", line: 0),
        TidySample(
            "Nothing is public",
            "init(public route: Route) { a(public: b) } // public func\nlet a = \"public let\"", line: 0),
        TidySample(
            "No type is called after a role that says nothing",
            "struct Database {}\nlet m = FileManager.default",
            line: 0),
        TidySample("Only the command line prints", "log.print(1); blueprint(2) // print(3)", line: 0),
        TidySample(
            "What may stop the process has its reason beside it",
            "// The pattern is a literal.\nlet a = try! Regex(\"x\")\nlet b = c as! D  // checked above",
            line: 0),
        TidySample("Money is integers", "let ratio: Double\nlet priceMinor: Int64", line: 0),
        TidySample(
            "SQL stands in +SQL files", "let verb = \"SELECT\"\nlet text = \"Select one of these\"", line: 0),
        TidySample("No path of one machine", "GET /workers, ~/home/x, docs/home/y", at: "README.md", line: 0),
        TidySample(
            "Links lead somewhere", "[web](https://x.example/a) [part](#part)\n```\n[code](none.md)\n```",
            at: "README.md", line: 0),
        TidySample("No emoji", "31 Jan → 28 Feb, ≤ 60 €, ✓", at: "README.md", line: 0),
    ]
}
