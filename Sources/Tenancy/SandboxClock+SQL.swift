package import Kernel
package import Postgres

extension SandboxClock {
    private static let columns: SQL = "today, advance_from, advance_to, advance_asked_at"

    private init(row: Row) throws {
        today = try row["today"]
        let target: Day? = try row["advance_to"]
        advance = try target.map {
            Advance(from: try row["advance_from"], target: $0, askedAt: try row["advance_asked_at"])
        }
    }

    /// Nil for a tenant that is no sandbox.
    package static func find(in tx: Transaction) async throws -> SandboxClock? {
        try await tx.first("SELECT \(columns) FROM sandbox_clocks", SandboxClock.init(row:))
    }

    /// As `find`; until the end of the transaction nobody else moves it.
    package static func lock(in tx: Transaction) async throws -> SandboxClock? {
        try await tx.first("SELECT \(columns) FROM sandbox_clocks FOR UPDATE", SandboxClock.init(row:))
    }

    /// Lets the clock stand at `today`, on its way if `advance` says so.
    package static func set(today: Day, _ advance: Advance?, in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE sandbox_clocks
            SET today = \(today), advance_from = \(advance?.from), advance_to = \(advance?.target),
                advance_asked_at = \(advance?.askedAt)
            """)
    }
}
