import Foundation
import Testing

/// The rules of STYLE.md that a machine can check, on the whole tree.
@Suite struct TidyTests {
    @Test("The tree keeps the rule", arguments: TidyRule.all)
    func treeKeeps(rule: TidyRule) throws {
        let allowed = try rule.allowed.map { try TidyAllowance(named: $0) }
        var findings: [TidyFinding] = []
        var excused: Set<String> = []
        for file in try TidyTree.files() where rule.covers(file.path) {
            let found = rule.find(file)
            if !found.isEmpty, allowed?.paths.contains(file.path) == true {
                excused.insert(file.path)
            } else {
                findings += found
            }
        }
        for finding in findings {
            Issue.record("\(finding). \(rule.instead)")
        }
        if let allowed {
            #expect(
                allowed.paths.count <= allowed.limit,
                "Allowed/\(allowed.name).txt may only shrink: mend the new place instead of listing it")
            for path in allowed.paths.subtracting(excused).sorted() {
                Issue.record(
                    "Allowed/\(allowed.name).txt lists \(path) for nothing: remove it and lower the limit")
            }
        }
    }

    @Test("Warnings are errors in the debug builds of our own targets")
    func warningsAreErrors() throws {
        let manifest = try String(contentsOf: TidyTree.root.appending(path: "Package.swift"), encoding: .utf8)
        #expect(manifest.contains(".treatAllWarnings(as: .error, .when(configuration: .debug))"))
    }
}
