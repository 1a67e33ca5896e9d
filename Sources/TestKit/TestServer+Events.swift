import Postgres

extension TestServer {
    /// Makes these subscribers, and no others, hear of events of one type, on this test's database.
    package func subscribe(_ names: String..., to type: String) async throws {
        let values = names.map { "('\($0)', '\(type)')" }.joined(separator: ", ")
        let admin = try await Connection.open(PostgresSettings(url: database.superuserURL))
        try await admin.execute(
            script: """
                CREATE OR REPLACE FUNCTION mpanel_subscriptions()
                    RETURNS TABLE (subscriber text, event_type text) LANGUAGE sql STABLE
                    AS $$ SELECT * FROM (VALUES \(values)) AS s (subscriber, event_type) $$
                """)
    }
}
