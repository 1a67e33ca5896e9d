import Kernel
import Platform
import Postgres
import Tenancy
import TestKit
import Testing
import Web

/// The database checks what the code declares, in a function of its own.
@Suite("Policies")
struct PolicyContractTests {
    @Test("the database takes what is declared, at the levels that are declared, and nothing else")
    func checked() async throws {
        let database = try await TestCluster.shared.database()
        let connection = try await Connection.open(PostgresSettings(url: database.superuserURL))
        func holds(_ name: String, _ value: JSONValue, _ level: PolicyLevel) async throws -> Bool {
            let policies = try JSONText(encoding: JSONValue.object([name: value]))
            let found = try await connection.first(
                "SELECT mpanel_policies_hold(\(policies)::jsonb, \(level.rawValue)) AS holds"
            ) { try $0["holds"] as Bool }
            return found == true
        }
        for policy in Policies.all {
            let (good, bad) = policy.schema.samples
            try #require(!good.isEmpty && !bad.isEmpty, "samples of \(policy.name)")
            for level in PolicyLevel.allCases where level != .system {
                for value in good {
                    let taken = try await holds(policy.name, value, level)
                    #expect(taken == policy.levels.contains(level), "\(policy.name) \(value) at \(level)")
                }
                for value in bad {
                    #expect(
                        try await !holds(policy.name, value, level), "\(policy.name) \(value) at \(level)")
                }
            }
        }
        #expect(try await !holds("unheard_of", 1, .tenant))
        try await database.drop()
    }
}

extension JSONSchema {
    /// The bounds of what it lets pass, and what lies just outside.
    fileprivate var samples: (good: [JSONValue], bad: [JSONValue]) {
        switch shape {
        case .integer(let range):
            (
                [.integer(range.lowerBound), .integer(range.upperBound)],
                [
                    .integer(range.lowerBound - 1), .integer(range.upperBound + 1), .number(0.5), "1", .null,
                    true, [], [:],
                ]
            )
        case .choice(let choices): (choices.map { .string($0) }, ["unheard of", "", 1, .null, true, [], [:]])
        default: ([], [])
        }
    }
}
