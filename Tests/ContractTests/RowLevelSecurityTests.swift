import Kernel
import Postgres
import TestKit
import Testing

/// Asks the catalogue, for every table there is, whether it is protected: a new table cannot be forgotten.
@Suite("Row-level security")
struct RowLevelSecurityTests {
    private static let rules = CatalogueRule.tables + CatalogueRule.policies + CatalogueRule.roles

    @Test("the database keeps the rule", arguments: rules)
    func kept(rule: CatalogueRule) async throws {
        try await withCatalogue { connection in
            let breaches = try await rule.breaches(over: connection, excusing: try rule.excused())
            #expect(breaches == [])
        }
    }

    @Test("a breach of the rule is found", arguments: rules)
    func found(rule: CatalogueRule) async throws {
        try await withCatalogue { connection in
            // Roles belong to the whole cluster: what is done to them must never be seen by other tests.
            try await connection.execute(script: "BEGIN; \(rule.breach)")
            let breaches = try await rule.breaches(over: connection, excusing: try rule.excused())
            #expect(breaches != [])
            try await connection.execute(script: "ROLLBACK")
        }
    }

    @Test(
        "the list of exceptions only shrinks",
        arguments: rules.filter { $0.allowed != nil && $0.excusesBreaches })
    func shrinking(rule: CatalogueRule) async throws {
        let allowance = try TidyAllowance(named: try #require(rule.allowed))
        #expect(
            allowance.paths.count <= allowance.limit,
            "Allowed/\(allowance.name).txt may only shrink: mend the new place instead of listing it")
        try await withCatalogue { connection in
            let breaches = try await rule.breaches(over: connection)
            #expect(
                allowance.paths.subtracting(breaches) == [],
                "Allowed/\(allowance.name).txt lists something for nothing: remove it and lower the limit")
        }
    }

    private func withCatalogue(_ body: (Connection) async throws -> Void) async throws {
        let database = try await TestCluster.shared.database()
        try await body(try await Connection.open(PostgresSettings(url: database.superuserURL)))
        try await database.drop()
    }
}
