import Foundation
import Logging
import Postgres
import Schema
import TestKit
import Testing

@Suite("Migrations")
struct MigrationsTests {
    @Test("every file in Migrations/ is applied, in its order, with its text, and numbers leave no gap")
    func complete() throws {
        let directory = TidyTree.root.appending(path: "Sources/Schema/Migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        let listed = Schema.migrations.map { migration in
            String(format: "%04d", migration.number) + "_\(migration.name).sql"
        }
        #expect(listed == files)
        #expect(Schema.migrations.map(\.number) == Array(1...files.count))
        for (file, migration) in zip(files, Schema.migrations) {
            let text = try String(contentsOf: directory.appending(path: file), encoding: .utf8)
            #expect(migration.sql == text, "\(file) is embedded under another name")
        }
    }

    @Test("they apply to an empty database, once")
    func once() async throws {
        let database = try await TestCluster.shared.emptyDatabase()
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let migrator = Migrator(owner: PostgresSettings(url: database.ownerURL), logger: logger)
        let first = try await migrator.migrate(Schema.migrations)
        #expect(first.map(\.number) == Schema.migrations.map(\.number))
        #expect(try await migrator.pending(Schema.migrations).isEmpty)
        #expect(try await migrator.migrate(Schema.migrations).isEmpty)
        try await database.drop()
    }
}
