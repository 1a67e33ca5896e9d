import ArgumentParser
import Postgres

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's tables up to date.",
        discussion:
            "The private database is migrated by every command; this one is for a database of your own.")

    func run() async throws {
        try await Session.run { session in
            let applied = try await session.migrate()
            Terminal.print(
                applied.isEmpty
                    ? "The database is up to date."
                    : "Applied: " + applied.map { "\($0.number) \($0.name)" }.joined(separator: ", "))
        }
    }
}
