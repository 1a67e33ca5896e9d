import Testing

/// The rules on samples: each finds what it is for, and leaves its neighbours alone.
@Suite struct TidyEngineTests {
    @Test("A rule finds the breach at its line", arguments: TidySample.breaches)
    func finds(sample: TidySample) throws {
        let findings = try #require(sample.findings)
        #expect(findings.map(\.line) == [sample.line], "\(findings)")
    }

    @Test("A rule leaves what only looks like a breach alone", arguments: TidySample.innocent)
    func leavesAlone(sample: TidySample) throws {
        let findings = try #require(sample.findings)
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("Every rule has a sample that breaks it, so that none can pass by being asleep")
    func everyRuleHasASample() {
        let sampled = Set(TidySample.breaches.map(\.rule))
        #expect(Set(TidyRule.all.map(\.name)).subtracting(sampled) == [])
    }

    @Test("Comments, strings and interpolated code are told apart")
    func swiftText() {
        let text = SwiftText(
            #"""
            let a = "x // y \(call("in") + b) z" // why
            let raw = #"one "quoted" \(not code)"#
            /* outer /* inner */ still */ let c = 1
            let many = """
                SELECT "1"
                """
            """#)
        #expect(text.code[0].contains("call(") && text.code[0].contains("+ b)"))
        #expect(!text.code[0].contains("//") && text.comments[0].contains("// why"))
        #expect(!text.code[1].contains("not code"))
        #expect(text.code[2].trimmingPrefix { $0 == " " } == "let c = 1")
        #expect(text.literals.map(\.line) == [1, 1, 2, 4])
        #expect(text.literals.last?.text.contains("SELECT \"1\"") == true)
    }

    @Test(
        "Functions are measured from their first line to their closing brace, with their parameters counted")
    func functions() {
        let text = SwiftText(
            """
            protocol P {
                func required(a: Int)
                var x: Int { get }
            }
            struct S {
                init(_ a: Int, b: [String: Int] = [:]) {
                    self.init()
                }
                package func long<A, B>(
                    _ a: A, of b: Dictionary<A, B>,
                    then: @escaping (Int, Int) -> Void = { _, _ in }
                ) throws -> Int {
                    func inner() { list.map { "}" } }
                    return 1
                }
            }
            """)
        #expect(
            text.functions == [
                SwiftFunction(name: "init", firstLine: 6, lastLine: 8, parameters: 2),
                SwiftFunction(name: "inner", firstLine: 13, lastLine: 13, parameters: 0),
                SwiftFunction(name: "long", firstLine: 9, lastLine: 15, parameters: 3),
            ])
    }

    @Test("A list of exceptions must say how many it may hold")
    func allowances() throws {
        let allowance = try TidyAllowance(named: "x", "at most 2\n# reason\nSources/A.swift\n")
        #expect(allowance.limit == 2 && allowance.paths == ["Sources/A.swift"])
        #expect(throws: TidyError.self) { try TidyAllowance(named: "x", "Sources/A.swift\n") }
    }

    @Test("A link is resolved from its document's folder")
    func links() {
        let file = TidyFile(
            "docs/a.md", "[up](../README.md) [gone](b.md) [web](https://x.example) [here](#part)")
        var asked: [String] = []
        let dead = TidyRule.deadLinks(in: file) { path in
            asked.append(path)
            return path == "README.md"
        }
        #expect(asked == ["README.md", "docs/b.md"])
        #expect(dead.map(\.text) == ["a link to b.md"])
    }

    @Test("The tree is found, with this file in it and without what is built")
    func tree() throws {
        let paths = try TidyTree.files().map(\.path)
        #expect(paths.contains("Tests/ContractTests/TidyEngineTests.swift"))
        #expect(!paths.contains { $0.hasPrefix(".build") || $0.hasPrefix(".git/") || $0.hasPrefix("var/") })
    }
}
